// Go client.  usage: client MODE HOST PATH CAFILE [PIN]
// MODE: plain; pin (VerifyPeerCertificate); resume (a request for each line
// of standard input, one session cache); min13 (refuses anything older than TLS 1.3).
package main

import (
	"bufio"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
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
	case "min13":
		config.MinVersion = tls.VersionTLS13
	}
	client := &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{
		TLSClientConfig: config, DisableKeepAlives: true}}
	ask := func() error {
		answer, err := client.Get("https://" + host + path)
		if err == nil {
			io.Copy(io.Discard, answer.Body)
			answer.Body.Close()
		}
		return err
	}
	if mode == "resume" {
		for in := bufio.NewScanner(os.Stdin); in.Scan(); {
			if ask() == nil {
				fmt.Println("accepted")
			} else {
				fmt.Println("rejected")
			}
		}
	} else if err := ask(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(3)
	}
}
