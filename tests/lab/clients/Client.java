import java.io.FileInputStream;
import java.io.InputStream;
import java.net.URL;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/**
 * Java client.  usage: Client MODE HOST PATH CAFILE [PIN]
 * MODE: plain; pin (trust manager, so inside the handshake); post (after it).
 */
public class Client {
	static String hash(Certificate c) throws Exception {
		StringBuilder s = new StringBuilder();
		for (byte b : MessageDigest.getInstance("SHA-256").digest(c.getEncoded()))
			s.append(String.format("%02x", b));
		return s.toString();
	}

	static X509TrustManager trust(String file) throws Exception {
		KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
		store.load(null);
		try (InputStream in = new FileInputStream(file)) {
			int n = 0;
			for (Certificate c : CertificateFactory.getInstance("X.509")
			    .generateCertificates(in))
				store.setCertificateEntry("ca" + n++, c);
		}
		TrustManagerFactory f = TrustManagerFactory.getInstance("PKIX");
		f.init(store);
		return (X509TrustManager) f.getTrustManagers()[0];
	}

	static class Pinned implements X509TrustManager {
		final X509TrustManager inner;
		final String pin;

		Pinned(X509TrustManager inner, String pin) {
			this.inner = inner;
			this.pin = pin;
		}
		public X509Certificate[] getAcceptedIssuers() {
			return inner.getAcceptedIssuers();
		}
		public void checkClientTrusted(X509Certificate[] c, String t) {
		}
		public void checkServerTrusted(X509Certificate[] c, String t)
		    throws CertificateException {
			inner.checkServerTrusted(c, t);
			try {
				if (!hash(c[0]).equals(pin))
					throw new CertificateException("pin mismatch");
			} catch (CertificateException e) {
				throw e;
			} catch (Exception e) {
				throw new CertificateException(e);
			}
		}
	}

	public static void main(String[] a) throws Exception {
		String pin = a.length > 4 ? a[4] : "";
		X509TrustManager trust = trust(a[3]);
		if (a[0].equals("pin"))
			trust = new Pinned(trust, pin);
		SSLContext context = SSLContext.getInstance("TLS");
		context.init(null, new TrustManager[] {trust}, null);
		HttpsURLConnection c = (HttpsURLConnection)
		    new URL("https://" + a[1] + a[2]).openConnection();
		c.setSSLSocketFactory(context.getSocketFactory());
		c.setConnectTimeout(10000);
		c.setReadTimeout(10000);
		c.connect();
		if (a[0].equals("post") && !hash(c.getServerCertificates()[0]).equals(pin)) {
			c.disconnect();
			System.err.println("pin mismatch");
			System.exit(3);
		}
		c.getResponseCode();
		System.exit(0);
	}
}
