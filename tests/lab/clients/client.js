// Node client.  usage: client.js MODE HOST PATH CAFILE [PIN]
// MODE: plain; pin (checkServerIdentity compares the certificate's hash).
const https = require('https'), fs = require('fs'), tls = require('tls');
const [mode, host, path, ca, pin] = process.argv.slice(2);
const options = {host, path, ca: fs.readFileSync(ca), agent: false,
	timeout: 10000};
if (mode === 'pin')
	options.checkServerIdentity = (name, cert) => {
		const bad = tls.checkServerIdentity(name, cert);
		if (bad)
			return bad;
		const have = cert.fingerprint256.replaceAll(':', '').toLowerCase();
		return have === pin ? undefined : new Error('pin mismatch');
	};
const request = https.get(options, (answer) => {
	answer.resume();
	answer.on('end', () => process.exit(0));
});
request.on('timeout', () => request.destroy(new Error('time-out')));
request.on('error', (e) => { console.error(e.message); process.exit(3); });
