// Go client.  usage: client MODE HOST PATH CAFILE [PIN]
// MODE: plain; pin (VerifyPeerCertificate); resume (PIN requests, one session
// cache, one connection each); min13 (refuses anything older than TLS 1.3).
package main

import (
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"time"
)

func main() {
	mode, host, path, file := os.Args[1], os.Args[2], os.Args[3], os.Args[4]
	pem, err := os.ReadFile(file)
	if err != nil {
		panic(err)
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(pem)
	config := &tls.Config{RootCAs: roots}
	times := 1
	switch mode {
	case "pin":
		config.VerifyPeerCertificate = func(raw [][]byte, _ [][]*x509.Certificate) error {
			have := sha256.Sum256(raw[0])
			if hex.EncodeToString(have[:]) != os.Args[5] {
				return errors.New("pin mismatch")
			}
			return nil
		}
	case "resume":
		config.ClientSessionCache = tls.NewLRUClientSessionCache(8)
		times, _ = strconv.Atoi(os.Args[5])
	case "min13":
		config.MinVersion = tls.VersionTLS13
	}
	client := &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{
		TLSClientConfig: config, DisableKeepAlives: true}}
	bad := 0
	for i := 0; i < times; i++ {
		answer, err := client.Get("https://" + host + path)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			bad++
		} else {
			io.Copy(io.Discard, answer.Body)
			answer.Body.Close()
		}
		time.Sleep(300 * time.Millisecond)
	}
	if bad > 0 {
		os.Exit(3)
	}
}
