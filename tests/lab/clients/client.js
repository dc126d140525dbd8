// Node client.  usage: client.js MODE HOST PATH CAFILE [PIN]
// MODE: plain; pin (checkServerIdentity compares the certificate's hash);
// resume (a request for each line of standard input, the last session offered).
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
let session;
function ask(done) {
	const request = https.get({...options, session}, (answer) => {
		answer.resume();
		answer.on('end', () => done());
	});
	request.on('socket', (s) => s.on('session', (t) => { session = t; }));
	request.on('timeout', () => request.destroy(new Error('time-out')));
	request.on('error', (e) => { session = undefined; done(e); });
}
if (mode === 'resume')
	require('readline').createInterface({input: process.stdin}).on('line', () =>
		ask((e) => console.log(e ? 'rejected' : 'accepted')));
else
	ask((e) => {
		if (e)
			console.error(e.message);
		process.exit(e ? 3 : 0);
	});
