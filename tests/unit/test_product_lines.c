/*
 * Lines in the shapes that products, their relays and collectors write besides
 * those of the samples: made up, one per shape.
 */
#include "logs.h"

#include <stdio.h>
#include <stdlib.h>

#include "unit.h"

static const struct shape {
	const char *kind;
	const char *client, *server, *host;
	unsigned version;
	enum leg leg;
	enum outcome outcome;
	int alert; /* -1: none */
	int64_t time; /* seconds since 1970 */
	const char *lines;
} shapes[] = {
	/* PAN-OS: edited by hand, with a field too many; with masks. */
	{ "panos", "192.0.2.44:50112", "198.51.100.20:443",
	    "client.dropbox.com", 0x0303, LEG_CLIENT, OUTCOME_REJECTED, 42,
	    1772615702,
	    "1,2026/03/04 09:15:02,007XXXXX1044,DECRYPTION,0,2562,2026/03/04 "
	    "09:15:02,192.0.2.44,198.51.100.20,203.0.113.9,198.51.100.20,XXX.XXX.XXX.XXX,allow-web,,"
	    ",incomplete,vsys1,trust,untrust,ethernet1/2,ethernet1/1,ANONYMIZED,"
	    "2026/03/04 09:15:02,504326,1,50112,443,37612,443,0x1400400,tcp,"
	    "allow,N/A,,,,,ANONYMIZED,Server_Hello_Done,Client_Hello,TLS1.2,ECDHE,"
	    "AES_128_GCM,SHA256,ANONYMIZED,secp256r1,Certificate,trusted,Trusted,"
	    "Forward,ANONYMIZED,XXXXXXXX,2026/01/15 00:00:00, 2026/04/15 "
	    "23:59:59,V3,2048,13,32,23,18,:::::RSA,*.dropbox.com,ANONYMIZED,"
	    "ANONYMIZED,client.dropbox.com,Received fatal alert BadCertificate from "
	    "client,2026-03-04T09:15:02,,,,ANONYMIZED\n" },
	{ "panos", "?:50112", "?:443", "client.dropbox.com", 0x0303,
	    LEG_CLIENT, OUTCOME_REJECTED, 42, 1772615702,
	    "1,2026/03/04 09:15:02,007XXXXX1044,DECRYPTION,0,2562,2026/03/04 "
	    "09:15:02,XXX.XXX.XXX.XXX,10.1.2.x,x.x.x.x,*.*.*.*,allow-web,,"
	    ",incomplete,vsys1,trust,untrust,ethernet1/2,ethernet1/1,fwd,"
	    "2026/03/04 09:15:02,504326,1,50112,443,37612,443,0x1400400,tcp,"
	    "allow,N/A,,,,,0,Server_Hello_Done,Client_Hello,TLS1.2,ECDHE,"
	    "AES_128_GCM,SHA256,p,secp256r1,Certificate,trusted,Trusted,"
	    "Forward,s,XXXXXXXX,2026/01/15 00:00:00, 2026/04/15 "
	    "23:59:59,V3,2048,13,32,23,18,:::::RSA,*.dropbox.com,i,"
	    "r,client.dropbox.com,Received fatal alert BadCertificate from "
	    "client,2026-03-04T09:15:02,,,,\n" },
	/* ... the flags missing, and nothing behind it in its place. */
	{ "panos", "192.0.2.44:28790", "198.51.100.20:443", "", 0x0304,
	    LEG_CLIENT, OUTCOME_ACCEPTED, -1, 1772615702,
	    "1,2026-03-04T09:15:04.000000Z,007051000113358,,DECRYPTION,10.0,"
	    "2026-03-04T09:15:02.000000Z,192.0.2.44,198.51.100.20,0.0.0.0,"
	    "0.0.0.0,deny-all,,jdoe,ssl,vsys1,trust,untrust,,,logging,,999250,"
	    "1,28790,443,,,tcp,allow,GRE,,,,,,,,,TLS1.3,ECDHE,AES_128_GCM,"
	    "SHA256,,x25519,a-policy,,,,,,,,,,,,,,,a-policy,x25519,3,"
	    "Untrusted,Uninspected,Broker\n" },
	/* ... CEF in the zone that it names, and as a relay rewrote it. */
	{ "panos-cef", "192.0.2.44:50112", "198.51.100.20:443",
	    "client.dropbox.com", 0x0303, LEG_CLIENT, OUTCOME_REJECTED, 48,
	    1772615702,
	    "CEF:0|Palo Alto Networks|LF|2.0|DECRYPTION|end|3|dtz=Europe/Berlin "
	    "rt=Mar 04 2026 10:15:09 start=Mar 04 2026 10:15:02 src=192.0.2.44 "
	    "dst=198.51.100.20 spt=50112 dpt=443 PanOSTLSVersion=TLS1.2 "
	    "PanOSErrorIndex=Certificate PanOSProxyType=Forward "
	    "PanOSServerNameIndication=client.dropbox.com PanOSErrorMessage="
	    "Received fatal alert Unknown CA from client\n" },
	{ "panos-cef", "192.0.2.44:0", "198.51.100.20:0", "", 0, LEG_UNKNOWN,
	    OUTCOME_REJECTED, -1, 1772615702,
	    "CEF:0|Palo Alto Networks|LF|2.0|DECRYPTION|decryption|3|"
	    "rt=Mar 04 2026 09:15:02 src=192.0.2.44 dst=198.51.100.20 proto=tcp "
	    "PanOSEventStatus=error PanOSRootStatus=Untrusted "
	    "msg=TLS decryption failed: no common cipher suite\n" },
	/* ... the cloud's syslog, and LEEF with blanks. */
	{ "panos", "?:50112", "?:443",
	    "client.dropbox.com", 0x0304, LEG_CLIENT, OUTCOME_ACCEPTED, -1, 1772615702,
	    "<14>1 2026-03-04T09:15:08.988Z stream-logfwd20-1 logforwarder "
	    "- panwlogs - 1,2026-03-04T09:15:07.000000Z,012345678901,,DECRY"
	    "PTION,10.0,2026-03-04T09:15:01.000000Z,xxx.xx.x.xx,xxx.xx.x.xx"
	    ",xxx.xx.x.xx,xxx.xx.x.xx,web,0000ffff0a00022c,corp\\jdoe,ssl,v"
	    "sys1,trust,untrust,,,logging,2026-03-04T09:15:01.000000Z,99925"
	    "0,1,50112,443,31621,443,3072,tcp,allow,GRE,,,,,85c1488d-5bbd-4"
	    "2e7-8f28-a19256972c32,unknown,unknown,TLS1.3,ECDHE,AES_128_GCM"
	    ",SHA256,,x25519,None,Untrusted,Uninspected,Broker,14ff0117,626"
	    "3d82e,1772600000,1792600000,V3,192,23,32,32,18,64,CN = *.dropb"
	    "ox.com,CN = An Issuer,CN = A Root,client.dropbox.com,,1873cc5c"
	    ",,,,,,,2026-03-04T09:15:02.359000Z,,,,,,,,,,,,,,,,,111291,-922"
	    "3372036854775808\n" },
	{ "panos-leef", "192.0.2.44:50112", "198.51.100.20:443",
	    "client.dropbox.com", 0x0303, LEG_CLIENT, OUTCOME_REJECTED, 46, 1772615702,
	    "LEEF:2.0|Palo Alto Networks|Next Generation Firewall|10.1|Clea"
	    "rtext| |TimeReceived=2026-03-04T09:15:07.000000Z cat=decryptio"
	    "n SubType=start devTime=2026-03-04T09:15:02.000000Z src=192.0."
	    "2.44 dst=198.51.100.20 Rule=deny all usrName=corp\\jdoe Destin"
	    "ationUser=an o\"'\"test Application=ssl srcPort=50112 dstPort="
	    "443 proto=tcp TLSVersion=TLS1.2 PolicyName= ErrorIndex=Certifi"
	    "cate RootStatus=trusted ProxyType=Forward ServerNameIndication"
	    "=client.dropbox.com ErrorMessage=Received fatal alert Certific"
	    "ateUnknown from client\n" },
	/* ... name=value, last field, other separators. */
	{ "panos-pairs", "192.0.2.44:50112", "198.51.100.20:443",
	    "client.dropbox.com", 0x0303, LEG_CLIENT, OUTCOME_REJECTED, 42,
	    1772615702,
	    "receive_time=2026/03/04 09:15:09;time_generated=2026/03/04 "
	    "09:15:02;src=192.0.2.44;dst=198.51.100.20;sport=50112;dport=443;"
	    "tls_version=TLS1.2;sni=client.dropbox.com;error=Received fatal "
	    "alert BadCertificate from client;type=DECRYPTION\n" },
	/* ... the export without some columns, "Domain" among them. */
	{ "panos-export", "192.0.2.44:50112", "198.51.100.20:443",
	    "client.dropbox.com", 0x0303, LEG_CLIENT, OUTCOME_REJECTED, 48,
	    1772615702,
	    "Generate Time,Source address,Destination address,Source Port,"
	    "Destination Port,TLS Version,Error Index,Proxy Type,Server Name "
	    "Indication,Error\n"
	    "2026/03/04 09:15:02,192.0.2.44,198.51.100.20,50112,443,TLS1.2,"
	    "Certificate,Forward,client.dropbox.com,Received fatal alert "
	    "UnknownCA from client\n" },
	/* ... its type written as a collector writes it. */
	{ "panos-export", "192.0.2.44:50112", "198.51.100.20:443",
	    "client.dropbox.com", 0x0303, LEG_CLIENT, OUTCOME_REJECTED, 48,
	    1772615702,
	    "Receive Time,Type,Generate Time,Source address,Destination "
	    "address,Source Port,Destination Port,TLS Version,Error Index,Proxy "
	    "Type,Server Name Indication,Error\n"
	    "2026/03/04 09:15:05,Decryption,2026/03/04 09:15:02,192.0.2.44,"
	    "198.51.100.20,50112,443,TLS1.2,Certificate,Forward,"
	    "client.dropbox.com,Received fatal alert UnknownCA from client\n" },
	/* A table of somebody's own: whether TLS was decrypted, by yes and no. */
	{ "csv", "192.0.2.44:50112", "198.51.100.20:443",
	    "client.dropbox.com", 0x0303, LEG_CLIENT, OUTCOME_ACCEPTED, -1,
	    1772615702,
	    "Time,Source IP,Source Port,Destination IP,Destination Port,SNI,TLS "
	    "Version,TLS Decrypted\n"
	    "2026-03-04 09:15:02,192.0.2.44,50112,198.51.100.20,443,"
	    "client.dropbox.com,TLSv1.2,Yes\n" },
	{ "csv", "192.0.2.44:50112", "198.51.100.20:443",
	    "client.dropbox.com", 0x0303, LEG_DIRECT, OUTCOME_ACCEPTED, -1,
	    1772615702,
	    "Time,Source IP,Source Port,Destination IP,Destination Port,SNI,TLS "
	    "Version,SSL Inspected\n"
	    "2026-03-04 09:15:02,192.0.2.44,50112,198.51.100.20,443,"
	    "client.dropbox.com,TLSv1.2,No\n" },
	/* Zscaler's portal: it tells of a failed client as not inspected. */
	{ "csv", "192.0.2.44:0", "198.51.100.20:0", "client.dropbox.com",
	    0x0303, LEG_CLIENT, OUTCOME_REJECTED, 46, 1772615702,
	    "No.,Event Time,User,URL,Client IP,Server IP,Protocol,SSL "
	    "Inspected,Client Connection TLS Version,Client SSL Handshake "
	    "Failure Reason,Client SSL Handshake Failure Aggregate Count\n"
	    "1,\"Wednesday, March 04, 2026 9:15:02 AM\",jdoe@example.com,"
	    "client.dropbox.com,192.0.2.44,198.51.100.20,SSL,No,TLS1_2,"
	    "Certificate Unknown,3\n" },
	{ "csv", "192.0.2.44:0", "198.51.100.20:0", "client.dropbox.com",
	    0x0304, LEG_CLIENT, OUTCOME_ACCEPTED, -1, 1772615702,
	    "No.,Event Time,User,URL,Client IP,Server IP,Protocol,SSL "
	    "Inspected,Client Connection TLS Version,Client SSL Handshake "
	    "Failure Reason,Client SSL Handshake Failure Aggregate Count\n"
	    "1,\"Wednesday, March 04, 2026 9:15:02 AM\",jdoe@example.com,"
	    "client.dropbox.com/a,192.0.2.44,198.51.100.20,HTTPS,Yes,TLS1_3,NA,0"
	    "\n" },
	/* Zeek in a custom table of Sentinel. */
	{ "csv-message", "192.0.2.44:50112", "198.51.100.20:443",
	    "client.dropbox.com", 0x0303, LEG_UNKNOWN, OUTCOME_REJECTED, 48,
	    1772615702,
	    "TenantId,\"TimeGenerated [UTC]\",RawData,ts_t,uid_s,id_orig_h_s,"
	    "id_orig_p_d,id_resp_h_s,id_resp_p_d,version_s,server_name_s,"
	    "established_b,last_alert_s,ssl_history_s,Type\n"
	    "t,\"3/4/2026, 9:16:25.792 AM\",,2026-03-04T09:15:02Z,C1,192.0.2.44,"
	    "50112,198.51.100.20,443,TLSv12,client.dropbox.com,False,unknown_ca,"
	    "CsxkrnL,Corelight_CL\n" },
	/* FortiGate in Sentinel, the event's kind told by its subtype alone. */
	{ "cef-columns", "192.0.2.44:50112", "198.51.100.20:443",
	    "client.dropbox.com", 0, LEG_SERVER, OUTCOME_REJECTED, -1, 1772615702,
	    "TenantId,\"TimeGenerated [UTC]\",DeviceVendor,DeviceProduct,"
	    "DeviceVersion,DeviceEventClassID,Activity,LogSeverity,"
	    "AdditionalExtensions,DeviceAction,ApplicationProtocol,"
	    "DestinationHostName,DestinationPort,DestinationIP,SourceIP,SourcePort,"
	    "Type\n"
	    "t,\"3/4/2026, 9:15:02.792 AM\",Fortinet,FortiGate-101E,7.0.14,62303,"
	    "\"utm ssl blocked\",5,\"logid=1700062303;subtype=ssl;eventtype="
	    "ssl-anomaly;eventsubtype=certificate-probe-failed\",blocked,HTTPS,"
	    "client.dropbox.com,443,198.51.100.20,192.0.2.44,50112,"
	    "CommonSecurityLog\n" },
	/* Netskope: tabs and commas with a header, and neither with one. */
	{ "netskope", "192.0.2.44:61022", "198.51.100.20:443",
	    "client.dropbox.com", 0x0304, LEG_CLIENT, OUTCOME_ACCEPTED, -1,
	    1772615702,
	    "TenantId,\"TimeGenerated [UTC]\",date_s,time_s,c_ip_s,s_ip_s,"
	    "x_cs_src_port_s,cs_uri_port_s,x_cs_sni_s,x_cs_ssl_handshake_error_s,"
	    "x_cs_ssl_engine_action_s,x_cs_ssl_engine_action_reason_s,"
	    "x_ssl_policy_action_s,x_cs_ssl_version_s,Type\n"
	    "t,\"3/4/2026, 9:16:25 AM\",2026-03-04,09:15:02,192.0.2.44,"
	    "198.51.100.20,61022,443,client.dropbox.com,No,Allow,Established,"
	    "Decrypt,TLSv1.3,NetskopeWebtxData_CL\n" },
	{ "netskope", "192.0.2.44:61022", "198.51.100.20:443",
	    "client.dropbox.com", 0x0304, LEG_CLIENT, OUTCOME_REJECTED, 48,
	    1772615702,
	    "date,time,c-ip,x-cs-src-port,s-ip,cs-uri-port,x-cs-sni,"
	    "x-cs-ssl-version,x-cs-ssl-handshake-error,x-client-ssl-err\n"
	    "2026-03-04,09:15:02,192.0.2.44,61022,198.51.100.20,443,"
	    "client.dropbox.com,TLSv1.3,Yes,HsFailure "
	    "(error:14094418:SSL routines:ssl3_read_bytes:tlsv1 alert unknown "
	    "ca)\n" },
	{ "netskope", "192.0.2.44:61022", "198.51.100.20:443",
	    "client.dropbox.com", 0, LEG_CLIENT, OUTCOME_REJECTED, 42,
	    1772615702,
	    "{\"date\":\"2026-03-04\",\"time\":\"09:15:02\","
	    "\"c-ip\":\"192.0.2.44\",\"x-cs-src-port\":\"61022\","
	    "\"s-ip\":\"198.51.100.20\",\"cs-uri-port\":\"443\","
	    "\"x-cs-sni\":\"client.dropbox.com\",\"x-cs-ssl-version\":\"-\","
	    "\"x-cs-ssl-handshake-error\":\"Yes\",\"x-client-ssl-err\":"
	    "\"HsFailure (sslv3 alert bad certificate)\"}\n" },
	{ "netskope", "192.0.2.44:61022", "198.51.100.20:443",
	    "client.dropbox.com", 0x0303, LEG_CLIENT, OUTCOME_ACCEPTED, -1,
	    1772615702,
	    "2026-03-04,09:15:02,12,517,88,605,192.0.2.44,198.51.100.20,"
	    "jdoe@example.com,GET,https,-,\"Agent/1.0 (a, b)\",text/html,"
	    "200,-,-,client.dropbox.com,-,443,-,-,-,Dropbox,-,-,-,-,-,-,-,"
	    "-,-,-,-,-,-,-,-,-,-,-,-,-,-,-,-,-,http_transaction,-,-,-,-,"
	    "client.dropbox.com,-,-,-,-,-,-,-,No,-,-,-,-,-,-,-,-,-,-,-,-,-,"
	    "-,No,No,No,-,-,Allow,Established,-,-,-,-,-,-,-,Decrypt,-,"
	    "TLSv1.2,-,TLSv1.3,-,203.0.113.7,-,192.0.2.44,61022,"
	    "198.51.100.20,443,-,-\n" },
	/* The same with one column of bytes less, and cut after the flags. */
	{ "netskope", "192.0.2.44:0", "198.51.100.20:443",
	    "client.dropbox.com", 0, LEG_CLIENT, OUTCOME_ACCEPTED, -1,
	    1772615702,
	    "2026-03-04 09:15:02 12 517 605 192.0.2.44 198.51.100.20 "
	    "jdoe@example.com GET https - \"Agent/1.0 (a b)\" text/html 200 "
	    "text/html client.dropbox.com client.dropbox.com /a 443 - 0 Client "
	    "Dropbox - - - - - - - - - - - - - - - - - - - - - - - - "
	    "http_transaction - - - - client.dropbox.com - -\n" },
	/* ProxySG: no header, in the factory's layouts. */
	{ "proxysg", "192.0.2.44:0", "?:443", "client.dropbox.com", 0,
	    LEG_DIRECT, OUTCOME_ACCEPTED, -1, 1772615702,
	    "2026-03-04 09:15:02 118 192.0.2.44 200 TCP_TUNNELED 3914 1822 "
	    "CONNECT tcp client.dropbox.com 443 / - jdoe - client.dropbox.com "
	    "- - \"Agent/1.0\" OBSERVED \"File Storage\" - 10.0.0.8\n" },
	{ "proxysg", "192.0.2.44:0", "?:443", "client.dropbox.com", 0,
	    LEG_UNKNOWN, OUTCOME_REJECTED, -1, 1772615702,
	    "<134>Mar  4 09:15:03 proxy1 ProxySG: 2026-03-04 09:15:02 118 "
	    "192.0.2.44 jdoe - ssl_failed DENIED \"File Storage\" - 503 "
	    "TCP_DENIED CONNECT - ssl client.dropbox.com 443 / - - \"Agent/1.0\" "
	    "10.0.0.8 3914 1822 -\n" },
	/* ... two blanks, as old versions write behind an empty referrer. */
	{ "proxysg", "192.0.2.44:0", "?:443", "client.dropbox.com", 0,
	    LEG_DIRECT, OUTCOME_ACCEPTED, -1, 1772615702,
	    "#Fields: date time time-taken c-ip x-exception-id cs-categories "
	    "cs(Referer) sc-status s-action cs-method cs-uri-scheme cs-host "
	    "cs-uri-port\n"
	    "2026-03-04 09:15:02 118 192.0.2.44 - \"File Storage\" -  200 "
	    "TCP_TUNNELED CONNECT tcp client.dropbox.com 443\n" },
	{ "proxysg", "192.0.2.44:0", "?:443", "client.dropbox.com", 0,
	    LEG_SERVER, OUTCOME_NETWORK, -1, 1772615702,
	    "#Fields: date time time-taken c-ip x-exception-id cs-categories "
	    "cs(Referer) sc-status s-action cs-method cs-uri-scheme cs-host "
	    "cs-uri-port\n"
	    "2026-03-04 09:15:01 118 192.0.2.44 tcp_error - - 503 TCP_ERR_MISS "
	    "GET http www.example 80\n"
	    "2026-03-04 09:15:02 118 192.0.2.44 tcp_error  \"File Storage\"  - "
	    "503 TCP_ERR_MISS CONNECT tcp client.dropbox.com 443\n" },
	/* ... keys and values, the time without a blank, or behind a cookie. */
	{ "proxysg", "192.0.2.44:0", "198.51.100.20:443", "client.dropbox.com",
	    0x0303, LEG_CLIENT, OUTCOME_ACCEPTED, -1, 1772615702,
	    "2026-03-04T10:15:03PROXY1.EXAMPLE bluecoat - access_log - "
	    "c-ip=192.0.2.44 cs-host=client.dropbox.com cs-uri-port=443 "
	    "cs-uri-scheme=\"https\" r-ip=198.51.100.20 s-action=TCP_NC_MISS "
	    "x-exception-id=- x-cookie-date=Wed,%2004-Mar-26%2009:15:02%20GMT "
	    "x-cs-connection-negotiated-ssl-version=TLSv1.2\n" },
	/* ... and as JSON with other marks in the names. */
	{ "proxysg", "192.0.2.44:0", "198.51.100.20:443",
	    "client.dropbox.com", 0x0303, LEG_CLIENT, OUTCOME_ACCEPTED, -1, 1772615702,
	    "{\"date\":\"2026-03-04\",\"time\":\"09:15:02\",\"c_ip\":\"192."
	    "0.2.44\",\"cs_host\":\"client.dropbox.com\",\"cs_uri_scheme\":"
	    "\"https\",\"cs_uri_port\":\"443\",\"r_ip\":\"198.51.100.20\","
	    "\"s_action\":\"TCP_NC_MISS\",\"x_cs_connection_negotiated_ssl_"
	    "version\":\"TLSv1.2\"}\n" },
	/* FortiGate: a bad certificate that is let pass; a protocol; sent alerts. */
	{ "fortios", "192.0.2.44:50112", "198.51.100.20:443",
	    "", 0, LEG_SERVER, OUTCOME_ACCEPTED, -1, 1772615702,
	    "date=2026-03-04 time=10:15:02 devname=\"FGT-A\" devid=\"FGT60F"
	    "0000000001\" eventtime=1772615702 tz=\"+0100\" logid=\"1700062"
	    "001\" type=\"utm\" subtype=\"ssl\" eventtype=\"ssl-anomalies\""
	    " level=\"warning\" vd=\"root\" action=\"passthrough\" policyid"
	    "=1 srcip=192.0.2.44 srcport=50112 dstip=198.51.100.20 dstport="
	    "443 proto=6 msg=\"Server certificate passed\" reason=\"untrust"
	    "ed-cert\"\n" },
	{ "fortios", "192.0.2.44:50112", "198.51.100.20:443",
	    "", 0, LEG_UNKNOWN, OUTCOME_REJECTED, -1, 1772615702,
	    "date=2026-03-04 time=10:15:02 devname=\"FGT-A\" devid=\"FGT60F"
	    "0000000001\" tz=\"+0100\" logid=\"1702062101\" type=\"utm\" su"
	    "btype=\"ssl\" eventtype=\"ssl-negotiation\" level=\"warning\" "
	    "vd=\"root\" action=\"blocked\" policyid=1 srcip=192.0.2.44 src"
	    "port=50112 dstip=198.51.100.20 dstport=443 eventsubtype=\"unex"
	    "pected-protocol\" msg=\"SSL connection is blocked.\"\n" },
	{ "fortios", "192.0.2.44:50112", "198.51.100.20:443",
	    "", 0, LEG_UNKNOWN, OUTCOME_REJECTED, 47, 1772615702,
	    "date=2026-03-04 time=10:15:02 devname=\"FGT-A\" devid=\"FGT60F"
	    "0000000001\" eventtime=1772615702118 logid=\"0105048039\" type"
	    "=\"event\" subtype=\"wad\" level=\"error\" vd=\"root\" logdesc"
	    "=\"SSL fatal alert sent\" policyid=1 srcip=192.0.2.44 srcport="
	    "50112 dstip=198.51.100.20 dstport=443 action=\"send\" alert=\""
	    "2\" desc=\"illegal parameter\" msg=\"SSL Alert sent\"\n" },
	{ "fortios", "192.0.2.44:50112", "198.51.100.20:443",
	    "", 0, LEG_UNKNOWN, OUTCOME_REJECTED, -1, 1772615702,
	    "date=2026-03-04 time=10:15:02 devname=\"FGT-A\" devid=\"FGT60F"
	    "0000000001\" tz=\"+0100\" logid=\"1702062101\" type=\"utm\" su"
	    "btype=\"ssl\" eventtype=\"ssl-negotiation\" level=\"warning\" "
	    "vd=\"root\" action=\"blocked\" policyid=1 srcip=192.0.2.44 src"
	    "port=50112 dstip=198.51.100.20 dstport=443 eventsubtype=\"unal"
	    "lowed-version\" msg=\"SSL connection is blocked.\"\n" },
	{ "fortios", "192.0.2.44:50112", "198.51.100.20:443",
	    "client.dropbox.com", 0, LEG_SERVER, OUTCOME_ACCEPTED, -1, 1772615702,
	    "date=2026-03-04 time=10:15:02 devname=\"FGT-A\" devid=\"FGT60F"
	    "0000000001\" tz=\"+0100\" logid=\"1700062307\" type=\"utm\" su"
	    "btype=\"ssl\" eventtype=\"ssl-anomaly\" level=\"notice\" vd=\""
	    "root\" action=\"info\" policyid=1 srcip=192.0.2.44 srcport=501"
	    "12 dstip=198.51.100.20 dstport=443 eventsubtype=\"certificate-"
	    "anomaly\" hostname=\"client.dropbox.com\" msg=\"Server certifi"
	    "cate does not match the SNI\"\n" },
	{ "fortios", "192.0.2.44:50112", "198.51.100.20:443",
	    "client.dropbox.com", 0, LEG_SERVER, OUTCOME_REJECTED, -1, 1772615702,
	    "date=2026-03-04 time=10:15:02 devname=\"FGT-A\" devid=\"FGT60F"
	    "0000000001\" tz=\"+0100\" logid=\"0114045100\" type=\"event\" "
	    "subtype=\"wad\" level=\"warning\" logdesc=\"SSL certificate al"
	    "ert\" action=\"ssl-alert\" srcip=192.0.2.44 srcport=50112 dsti"
	    "p=198.51.100.20 dstport=443 hostname=\"client.dropbox.com\" ms"
	    "g=\"SSL certificate error: the certificate has expired\"\n" },
	/* ... between commas, as CEF with either prefix, and as JSON. */
	{ "fortios", "192.0.2.44:50112", "198.51.100.20:443",
	    "", 0, LEG_CLIENT, OUTCOME_REJECTED, 42, 1772615702,
	    "date=2026-03-04,time=09:15:02,devid=\"FGT60F0000000001\",tz=\""
	    "+0000\",logid=\"0105048038\",type=\"event\",subtype=\"wad\",sr"
	    "cip=192.0.2.44,srcport=50112,dstip=198.51.100.20,dstport=443,a"
	    "ction=\"receive\",alert=\"2\",desc=\"bad certificate\",msg=\"S"
	    "SL Alert, received\"\n" },
	{ "fortios", "192.0.2.44:50112", "198.51.100.20:443",
	    "client.dropbox.com", 0, LEG_SERVER, OUTCOME_REJECTED, -1, 1772615702,
	    "CEF:0|Fortinet|Fortigate|v7.4.3|62303|utm:ssl ssl-anomaly bloc"
	    "ked|4|deviceExternalId=FGT60F0000000001 FortinetFortiGateevent"
	    "time=1772615702118233000 FortinetFortiGatelogid=1700062303 cat"
	    "=utm:ssl ssl-anomaly act=blocked src=192.0.2.44 spt=50112 dst="
	    "198.51.100.20 dpt=443 dhost=client.dropbox.com FortinetFortiGa"
	    "teeventsubtype=certificate-anomaly msg=Server certificate bloc"
	    "ked\n" },
	{ "fortios", "192.0.2.44:50112", "198.51.100.20:443",
	    "client.dropbox.com", 0x0304, LEG_CLIENT, OUTCOME_ACCEPTED, -1, 1772615702,
	    "{\"date\":\"2026-03-04\",\"time\":\"09:15:02\",\"tz\":\"+0000"
	    "\",\"logid\":\"1702062103\",\"type\":\"utm\",\"subtype\":\"ssl"
	    "\",\"eventtype\":\"ssl-negotiation\",\"action\":\"info\",\"src"
	    "ip\":\"192.0.2.44\",\"srcport\":50112,\"dstip\":\"198.51.100.2"
	    "0\",\"dstport\":443,\"sni\":\"client.dropbox.com\",\"tlsver\":"
	    "\"tls1.3\",\"eventsubtype\":\"handshake-done\",\"mitm\":\"yes"
	    "\"}\n" },
	/* Zscaler: the time last; no ssldecrypted; CEF and LEEF. */
	{ "zscaler", "192.0.2.44:0", "198.51.100.20:0",
	    "client.dropbox.com", 0, LEG_CLIENT, OUTCOME_ACCEPTED, -1, 1772615702,
	    "reason=Allowed\tevent_id=7000000000000000001\tprotocol=HTTPS\t"
	    "action=Allowed\thostname=client.dropbox.com\tclientpublicIP=20"
	    "3.0.113.9\tClientIP=192.0.2.44\tserverip=198.51.100.20\tuser=j"
	    "doe@example.com\ttime=Wed Mar 04 09:15:02 2026\n" },
	{ "zscaler", "192.0.2.44:50112", "198.51.100.20:443",
	    "client.dropbox.com", 0, LEG_CLIENT, OUTCOME_REJECTED, 20, 1772615702,
	    "{ \"sourcetype\" : \"zscalernss-web\", \"event\" : {\"datetime"
	    "\":\"Wed Mar 04 09:15:02 2026\",\"elogin\":\"jdoe%40example.co"
	    "m\",\"ehost\":\"client.dropbox.com\",\"sip\":\"198.51.100.20\""
	    ",\"srv_dport\":\"443\",\"cip\":\"203.0.113.9\",\"cintip\":\"19"
	    "2.0.2.44\",\"clt_sport\":\"50112\",\"action\":\"Allowed\",\"pr"
	    "oto\":\"SSL\",\"ssldecrypted\":\"Yes\",\"cltsslfailreason\":\""
	    "Bad Record Mac\",\"cltsslfailcount\":\"3\",\"clttlsversion\":"
	    "\"NA\"}}\n" },
	{ "zscaler", "192.0.2.44:0", "198.51.100.20:0",
	    "client.dropbox.com", 0, LEG_DIRECT, OUTCOME_ACCEPTED, -1, 1772615702,
	    "CEF:0|Zscaler|NSSWeblog|5.7|Allowed|Allowed|3| act=Allowed app"
	    "=SSL cat=File Storage dhost=client.dropbox.com dst=198.51.100."
	    "20 src=192.0.2.44 in=10 out=20 request=client.dropbox.com rt=M"
	    "ar 04 2026 09:15:02 sourceTranslatedAddress=203.0.113.9 reques"
	    "tMethod=CONNECT suser=jdoe@example.com reason=Allowed\n" },
	{ "zscaler", "192.0.2.44:0", "198.51.100.20:0",
	    "client.dropbox.com", 0, LEG_CLIENT, OUTCOME_ACCEPTED, -1, 1772615702,
	    "LEEF:1.0|Zscaler|NSS|4.1|Allowed|cat=File Storage\tdevTime=Wed"
	    " Mar 04 09:15:02 2026\tdevTimeFormat=EEE MMM dd HH:mm:ss yyyy"
	    "\tsrc=192.0.2.44\tdst=198.51.100.20\tusrName=jdoe@example.com"
	    "\tpolicy=None\turl=client.dropbox.com/a\thostname=client.dropb"
	    "ox.com\tappproto=HTTPS\n" },
	{ "zscaler", "10.0.0.44:0", "198.51.100.20:0",
	    "client.dropbox.com", 0, LEG_CLIENT, OUTCOME_ACCEPTED, -1, 1772615702,
	    "{\"sourcetype\":\"zscalernss-web\",\"event\":{\"datetime\":\"2"
	    "026-03-04 09:15:02\",\"protocol\":\"HTTPS\",\"action\":\"Allow"
	    "ed\",\"serverip\":\"198.51.100.20\",\"ClientIP\":\"203.0.113.9"
	    "\",\"clientpublicIP\":\"10.0.0.44\",\"hostname\":\"client.drop"
	    "box.com\",\"user\":\"jdoe\"}}\n" },
	/* FTD: other spellings of the action, nothing known, NAT. */
	{ "ftd", "192.0.2.44:50112", "198.51.100.20:443",
	    "client.dropbox.com", 0, LEG_DIRECT, OUTCOME_ACCEPTED, -1, 1772615702,
	    "<113>Mar  4 2026 09:15:03 fw1 : %FTD-1-430003: EventPriority: "
	    "Low, DeviceUUID: 0, FirstPacketSecond: 2026-03-04T09:15:02Z, A"
	    "ccessControlRuleAction: Allow, SrcIP: 192.0.2.44, DstIP: 198.5"
	    "1.100.20, SrcPort: 50112, DstPort: 443, Protocol: tcp, User: N"
	    "o Authentication Required, NAT_InitiatorPort: 61022, NAT_Respo"
	    "nderPort: 443, NAT_InitiatorIP: 203.0.113.9, NAT_ResponderIP: "
	    "198.51.100.20, SSLPolicy: p, SSLFlowStatus: Success, SSLCipher"
	    "Suite: Unknown, SSLVersion: Unknown, SSLServerCertStatus: Not "
	    "Checked, SSLActualAction: Do not decrypt, SSLExpectedAction: D"
	    "o not decrypt, SSLServerName: client.dropbox.com\n" },
	{ "ftd", "192.0.2.44:50112", "198.51.100.20:443",
	    "client.dropbox.com", 0x0303, LEG_CLIENT, OUTCOME_ACCEPTED, -1, 1772615702,
	    "Mar  4 09:15:03 fw1 SFIMS: %FTD-5-430003: EventPriority: Low, "
	    "DeviceUUID: 0, FirstPacketSecond: 2026-03-04T09:15:02Z, Access"
	    "ControlRuleAction: Allow, SrcIP: 192.0.2.44, DstIP: 198.51.100"
	    ".20, SrcPort: 50112, DstPort: 443, Protocol: tcp, User: No Aut"
	    "hentication Required, SSLFlowStatus: Success, SSLVersion: TLSv"
	    "1.2, SSLActualAction: Decrypt - Resign, SSLServerName: client."
	    "dropbox.com, URL: https://client.dropbox.com\n" },
	{ "ftd", "192.0.2.44:50112", "198.51.100.20:443",
	    "client.dropbox.com", 0x0303, LEG_CLIENT, OUTCOME_ACCEPTED, -1, 1772615702,
	    "rec_type=71 rec_type_simple=RNA dest_port=443 ssl_server_cert_"
	    "status=\"Valid\" dest_ip=198.51.100.20 src_port=50112 web_app="
	    "Unknown url=https://client.dropbox.com first_pkt_sec=177261570"
	    "2 ssl_flow_error=0 ssl_actual_action=\"Decrypt (Resign)\" src_"
	    "ip=192.0.2.44 ssl_version=TLSv1.2 client_app=\"SSL client\" us"
	    "er=Unknown ssl_flow_messages=0 ssl_cipher_suite=TLS_ECDHE_RSA_"
	    "WITH_AES_128_GCM_SHA256 ssl_flow_status=Success ssl_flow_flags"
	    "=134219777 event_sec=1772615711 ssl_server_name=\"client.dropb"
	    "ox.com\"\n" },
	/* The messages as bits: an alert of the client, and no data of it. */
	{ "ftd", "192.0.2.44:50112", "198.51.100.20:443",
	    "client.dropbox.com", 0x0303, LEG_CLIENT, OUTCOME_REJECTED, -1, 1772615702,
	    "rec_type=71 event_sec=1772615711 url=\"\" first_pkt_sec=1772"
	    "615702 src_ip=192.0.2.44 src_port=50112 ip_proto=TCP dest_ip"
	    "=198.51.100.20 dest_port=443 ssl_actual_action=\"Decrypt (Re"
	    "sign)\" ssl_expected_action=\"Decrypt (Resign)\" ssl_flow_er"
	    "ror=0 ssl_flow_flags=134219777 ssl_flow_messages=378 ssl_flo"
	    "w_status=\"Success\" ssl_server_cert_status=\"Not Checked\" "
	    "ssl_server_name=\"client.dropbox.com\" ssl_version=TLSv1.2 u"
	    "ser=Unknown sensor=fw1\n" },
	/* An alert after data. */
	{ "ftd", "192.0.2.44:50112", "198.51.100.20:443",
	    "client.dropbox.com", 0x0303, LEG_CLIENT, OUTCOME_ACCEPTED, -1, 1772615702,
	    "rec_type=71 event_sec=1772615711 url=\"\" first_pkt_sec=1772"
	    "615702 src_ip=192.0.2.44 src_port=50112 ip_proto=TCP dest_ip"
	    "=198.51.100.20 dest_port=443 ssl_actual_action=\"Decrypt (Re"
	    "sign)\" ssl_expected_action=\"Decrypt (Resign)\" ssl_flow_er"
	    "ror=0 ssl_flow_flags=134219777 ssl_flow_messages=794906 ssl_"
	    "flow_status=\"Success\" ssl_server_cert_status=\"Not Checked"
	    "\" ssl_server_name=\"client.dropbox.com\" ssl_version=TLSv1."
	    "2 user=Unknown sensor=fw1\n" },
	/* Nothing after the certificate. */
	{ "ftd", "192.0.2.44:50112", "198.51.100.20:443",
	    "client.dropbox.com", 0x0303, LEG_CLIENT, OUTCOME_REJECTED, -1, 1772615702,
	    "rec_type=71 event_sec=1772615711 url=\"\" first_pkt_sec=1772"
	    "615702 src_ip=192.0.2.44 src_port=50112 ip_proto=TCP dest_ip"
	    "=198.51.100.20 dest_port=443 ssl_actual_action=\"Decrypt (Re"
	    "sign)\" ssl_expected_action=\"Decrypt (Resign)\" ssl_flow_er"
	    "ror=0 ssl_flow_flags=134219777 ssl_flow_messages=312 ssl_flo"
	    "w_status=\"Handshake Error\" ssl_server_cert_status=\"Not Ch"
	    "ecked\" ssl_server_name=\"client.dropbox.com\" ssl_version=T"
	    "LSv1.2 user=Unknown sensor=fw1\n" },
	{ "ftd", "192.0.2.44:50112", "198.51.100.20:443",
	    "client.dropbox.com", 0x0302, LEG_UNKNOWN, OUTCOME_REJECTED, -1, 1772615702,
	    "%FTD-1-430003: EventPriority: Low, DeviceUUID: 0, FirstPacketS"
	    "econd: 2026-03-04T09:15:02Z, AccessControlRuleAction: Allow, S"
	    "rcIP: 192.0.2.44, DstIP: 198.51.100.20, SrcPort: 50112, DstPor"
	    "t: 443, Protocol: tcp, User: Unknown, SSLFlowStatus: Unsupport"
	    "ed Cipher Suite, SSLVersion: TLSv1.1, SSLActualAction: Block, "
	    "SSLServerName: client.dropbox.com\n" },
	/* Check Point: whichever key is the first. */
	{ "checkpoint", "192.0.2.44:50112", "198.51.100.20:443",
	    "client.dropbox.com", 0, LEG_CLIENT, OUTCOME_ACCEPTED, -1, 1772615702,
	    "<134>1 2026-03-04T09:15:02Z gw01 CheckPoint 1234 - [product:\"H"
	    "TTPS Inspection\"; ifdir:\"outbound\"; src:\"192.0.2.44\"; s_po"
	    "rt:\"50112\"; dst:\"198.51.100.20\"; service:\"443\"; proto:\"6"
	    "\"; https_inspection_action:\"Inspect\"; resource:\"https://cli"
	    "ent.dropbox.com/\"; time:\"1772615702\"]\n" },
	/* Umbrella: all identities behind the first; words in small letters. */
	{ "umbrella", "192.0.2.44:0", "198.51.100.20:0",
	    "client.dropbox.com", 0, LEG_CLIENT, OUTCOME_ACCEPTED, -1, 1772615702,
	    "\"2026-03-04 09:15:02\", \"jdoe\", \"jdoe,HQ\", \"192.0.2.44\""
	    ", \"203.0.113.9\", \"198.51.100.20\", \"text/html\", \"Allowed"
	    "\", \"https://client.dropbox.com/a\", \"\", \"Agent/1.0\", \"2"
	    "00\", \"10\", \"20\", \"30\", \"\", \"File Storage\", \"\", \""
	    "\", \"\", \"\", \"\", \"AD Users\", \"\"\n" },
	{ "umbrella", "192.0.2.44:0", "198.51.100.20:0",
	    "client.dropbox.com", 0, LEG_CLIENT, OUTCOME_ACCEPTED, -1, 1772615702,
	    "\"2026-03-04 09:15:02\",\"jdoe\",\"192.0.2.44\",\"203.0.113.9"
	    "\",\"198.51.100.20\",\"text/html\",\"ALLOWED\",\"https://clien"
	    "t.dropbox.com/a\",\"\",\"Agent/1.0\",\"200\",\"10\",\"20\",\"3"
	    "0\",\"ab12\",\"File Storage\",\"\",\"\",\"Clean\",\"\",\"\",\""
	    "AD Users\",\"\",\"jdoe,HQ\",\"AD Users,Networks\",\"POST\" not"
	    "e=added\n" },
	{ "umbrella", "192.0.2.44:0", "198.51.100.20:0",
	    "client.dropbox.com", 0, LEG_CLIENT, OUTCOME_ACCEPTED, -1, 1772615702,
	    "2026-03-04 09:15:02,jdoe,192.0.2.44,203.0.113.9,198.51.100.20,"
	    "text/html,ALLOWED,https://client.dropbox.com/a,,Agent/1.0,200,"
	    "10,20,30,ab12,\"File Storage,Business\",,,Clean,,,AD Users,\n" },
	/* Check Point: the structured form, LEEF, JSON. */
	{ "checkpoint", "192.0.2.44:50112", "198.51.100.20:443",
	    "", 0, LEG_CLIENT, OUTCOME_REJECTED, -1, 1772615702,
	    "<134>1 2026-03-04T09:15:02Z gw01 CheckPoint 1234 Log [Fields@1"
	    ".3.6.1.4.1.2620 Action=\"Detect\" UUid=\"{0x1,0x2}\" rt=\"1772"
	    "615702000\" ProductName=\"HTTPS Inspection\" src=\"192.0.2.44"
	    "\" dst=\"198.51.100.20\" svc=\"443\" sport_svc=\"50112\" xlate"
	    "src=\"0.0.0.0\" https_inspection_action=\"Error\" https_valida"
	    "tion=\"Client does not trust the certificate\"]\n" },
	{ "checkpoint", "192.0.2.44:50112", "198.51.100.20:443",
	    "", 0, LEG_SERVER, OUTCOME_REJECTED, -1, 1772615702,
	    "time=2026-03-04T04:15:02--5:00|hostname=gw01|product=HTTPS Ins"
	    "pection|src=192.0.2.44|s_port=50112|dst=198.51.100.20|service="
	    "443|https_inspection_action=Error|https_validation=Untrusted C"
	    "A|\n" },
	{ "checkpoint", "192.0.2.44:50112", "198.51.100.20:443",
	    "", 0, LEG_DIRECT, OUTCOME_ACCEPTED, -1, 1772615702,
	    "LEEF:2.0|Check Point|HTTPS Inspection|1.0|HTTPS Bypass|cat=HTT"
	    "PS Inspection\tdevTime=1772615702\tsrc=192.0.2.44\tsrcPort=501"
	    "12\tdst=198.51.100.20\tdstPort=443\taction=HTTPS Bypass\thttps"
	    "_inspection_action=Bypass\n" },
	{ "checkpoint", "192.0.2.44:50112", "198.51.100.20:443",
	    "client.dropbox.com", 0, LEG_CLIENT, OUTCOME_ACCEPTED, -1, 1772615702,
	    "{\"time\":\"1772615702\",\"product\":\"HTTPS Inspection\",\"sr"
	    "c\":\"192.0.2.44\",\"s_port\":\"50112\",\"dst\":\"198.51.100.2"
	    "0\",\"service\":\"443\",\"https_inspection_action\":\"Inspect"
	    "\",\"action\":\"HTTPS Inspect\",\"sni\":\"client.dropbox.com\""
	    "}\n" },
	/* Sophos: the date apart, in a zone by name. */
	{ "sophos", "192.0.2.44:50112", "198.51.100.20:443",
	    "client.dropbox.com", 0x0303, LEG_CLIENT, OUTCOME_REJECTED, 48, 1772615702,
	    "<30>device=\"SFW\" date=2026-03-04 time=10:15:02 timezone=\"CE"
	    "T\" device_name=\"XG1\" log_id=019021616001 log_type=\"SSL\" l"
	    "og_component=\"SSL\" log_subtype=\"Error\" priority=Informatio"
	    "n user_name=\"\" src_ip=192.0.2.44 dst_ip=198.51.100.20 src_po"
	    "rt=50112 dst_port=443 sni=\"client.dropbox.com\" tls_version="
	    "\"TLSv1.2\" reason=\"TLS handshake fatal alert: unknown CA(48)"
	    ".\" bitmask=\"Valid\"\n" },
};

static const char *
endpoint_words(const struct endpoint *e, char *room, size_t n)
{
	char address[ADDRESS_TEXT_SIZE];

	snprintf(room, n, "%s:%u", e->family == 0 ? "?" :
	    endpoint_address(e, address), (unsigned)e->port);
	return room;
}

/* Whatever the format around the line is called. */
static void
check_facts(const struct shape *s, const char *lines)
{
	struct logs l = { 0 };
	const struct handshake *h = &l.at[0];
	char room[80];

	logs_read_string(&l, lines);
	ck_assert_int_eq(l.result, 0);
	ck_assert_uint_eq(l.n, 1);
	ck_assert_uint_eq(l.info.bad, 0);
	ck_assert_str_eq(endpoint_words(&h->client, room, sizeof(room)),
	    s->client);
	ck_assert_str_eq(endpoint_words(&h->server, room, sizeof(room)),
	    s->server);
	ck_assert_uint_eq(h->host.n, strlen(s->host));
	ck_assert(text_is(h->host, s->host));
	ck_assert_uint_eq(h->chosen.version, s->version);
	ck_assert_int_eq(h->leg, s->leg);
	ck_assert_int_eq(h->outcome, s->outcome);
	ck_assert_int_eq(h->n_alerts > 0 ? h->alerts[0].code : -1, s->alert);
	ck_assert_int_eq(h->hello.time / CLOCK_SECOND, s->time);
	logs_free(&l);
}

static void
check(const struct shape *s, const char *lines)
{
	struct logs l = { 0 };

	check_facts(s, lines);
	logs_read_string(&l, lines);
	ck_assert_str_eq(l.info.kind, s->kind);
	logs_free(&l);
}

START_TEST(reads_each_shape)
{
	check(&shapes[_i], shapes[_i].lines);
}
END_TEST

/* The line as the one field of a table's row. */
static void
quote(const char *line, char *out)
{
	*out++ = '"';
	for (; *line != '\0' && *line != '\n'; line++) {
		if (*line == '"')
			*out++ = '"';
		*out++ = *line;
	}
	strcpy(out, "\"\n");
}

/* The line as a collector's object has it. */
static void
put_in_json(const char *line, char *out)
{
	out += sprintf(out, "{\"time\":\"2026-03-04T09:20:00Z\","
	    "\"message\":\"");
	for (; *line != '\0' && *line != '\n'; line++) {
		if (*line == '\t') {
			*out++ = '\\';
			*out++ = 't';
			continue;
		}
		if (*line == '"' || *line == '\\')
			*out++ = '\\';
		*out++ = *line;
	}
	strcpy(out, "\",\"stream\":\"stdout\"}\n");
}

/* What relays and collectors wrap around the last line of a shape. */
START_TEST(reads_each_shape_wrapped)
{
	static const char *const fronts[] = {
		"<134>Mar  4 09:15:03 192.0.2.9 ",
		"<14>1 2026-03-04T09:15:03.001Z relay1 app 77 - - ",
		"Mar  4 09:15:03 relay1 ",
	};
	const struct shape *s = &shapes[_i];
	size_t n = strlen(s->lines);
	const char *last = s->lines + n - 1;
	char *wrapped = malloc(2 * n + 100);
	/* What a web interface exports passes no syslog. */
	bool exported = strcmp(s->kind, "panos-export") == 0 ||
	    strcmp(s->kind, "csv") == 0 || strcmp(s->kind, "cef-columns") == 0 ||
	    strcmp(s->kind, "csv-message") == 0;

	while (last > s->lines && last[-1] != '\n')
		last--;
	for (size_t i = 0; i < N_ITEMS(fronts) && !exported; i++) {
		size_t header = (size_t)(last - s->lines);

		memcpy(wrapped, s->lines, header);
		snprintf(wrapped + header, n + 100 - header, "%s%s", fronts[i],
		    last);
		check(s, wrapped);
	}
	if (!exported) {
		quote(last, wrapped + (last - s->lines));
		check(s, wrapped);
		put_in_json(last, wrapped + (last - s->lines));
		check_facts(s, wrapped);
	}
	/* From Windows. */
	snprintf(wrapped, n + 100, "%.*s\r\n", (int)n - 1, s->lines);
	check(s, wrapped);
	free(wrapped);
}
END_TEST

/* Lines of these products, and of their neighbours, which tell no handshake. */
static const char *const others[] = {
	"1772615702.284     53 192.0.2.44 TCP_MISS_SSL/200 39 CONNECT tun"
	"nel://www.example.com:443/ - DIRECT/www.example.com - DECRYPT_W"
	"EBCAT_7-Policy-ID-NONE-NONE-NONE-DefaultGroup <IW_news,0.0> -\n",
	"rec_type=71 rec_type_simple=RNA dest_port=443 ssl_server_cert_"
	"status=\"Not Checked\" dest_ip=198.51.100.20 src_port=50112 ur"
	"l=https://www.example.com first_pkt_sec=1772615702 ssl_flow_er"
	"ror=0 ssl_actual_action=Unknown src_ip=192.0.2.44 ssl_version="
	"Unknown client_app=\"SSL client\" ssl_flow_messages=0 ssl_flow"
	"_status=Unknown ssl_flow_flags=0 ssl_server_name=\"\"\n",
	"date=2026-03-04 time=09:15:02 devid=\"FGT60F0000000001\" logid"
	"=\"0317013312\" type=\"utm\" subtype=\"webfilter\" eventtype="
	"\"ftgd_allow\" level=\"notice\" vd=\"root\" srcip=192.0.2.44 s"
	"rcport=50112 dstip=198.51.100.20 dstport=443 proto=6 service="
	"\"HTTPS\" hostname=\"www.example.com\" action=\"passthrough\" "
	"url=\"https://www.example.com/\"\n",
	"date=2026-03-04 time=09:15:02 devid=\"FGT60F0000000001\" logid"
	"=\"0000000013\" type=\"traffic\" subtype=\"forward\" level=\"n"
	"otice\" vd=\"root\" srcip=192.0.2.44 srcport=50112 dstip=198.5"
	"1.100.20 dstport=443 proto=6 action=\"close\" service=\"HTTPS"
	"\" app=\"SSL\"\n",
	"date=2026-03-04 time=09:15:02 devid=\"FGT60F0000000001\" logid"
	"=\"0100020099\" type=\"event\" subtype=\"system\" level=\"erro"
	"r\" vd=\"root\" logdesc=\"SSL connection failed\" dstip=N/A ac"
	"tion=\"connect\" status=\"failed\" msg=\"SSL connection failed"
	"\"\n",
	"date=2026-03-04 time=09:15:02 devid=\"FGT60F0000000001\" logid"
	"=\"1059028704\" type=\"utm\" subtype=\"app-ctrl\" eventtype=\""
	"signature\" srcip=192.0.2.44 srcport=50112 dstip=198.51.100.20"
	" dstport=443 service=\"SSL\" app=\"SSL_TLSv1.3\" action=\"pass"
	"\" hostname=\"www.example.com\"\n",
	"CEF:0|Fortinet|Fortigate|v7.4.3|00013|traffic:forward close|3|"
	"deviceExternalId=FGT60F0000000001 FTNTFGTlogid=0000000013 cat="
	"traffic:forward src=192.0.2.44 spt=50112 dst=198.51.100.20 dpt"
	"=443 app=HTTPS act=close\n",
	"CEF:0|Fortinet|Fortigate|v7.4.3|62303|utm:ssl|4|cat=utm:ssl FT"
	"NTFGTeventsubtype=server-cert-info src=192.0.2.44 dst=198.51.1"
	"00.20\n",
	"{\"sourcetype\":\"zscalernss-fw\",\"event\":{\"datetime\":\"We"
	"d Mar 04 09:15:02 2026\",\"user\":\"jdoe\",\"cdport\":\"443\","
	"\"csip\":\"192.0.2.44\",\"proto\":\"TCP\",\"ssldecrypted\":\"-"
	"\"}}\n",
	"2026-03-04 09:15:09\treason=Allowed\tevent_id=7000000000000000"
	"001\tprotocol=HTTP\taction=Allowed\thostname=plain.example.com"
	"\tClientIP=192.0.2.44\n",
	"CEF:0|Zscaler|NSSFWlog|5.7|Allowed|zscalernss-fw|3| act=Allow "
	"src=192.0.2.44 dst=198.51.100.20 dpt=443 proto=TCP\n",
	"<113>Mar  4 2026 09:15:03 fw1 : %FTD-1-430003: EventPriority: "
	"Low, SrcIP: 192.0.2.44, DstIP: 198.51.100.20, SrcPort: 50112, "
	"DstPort: 77777, Protocol: tcp, User: Unknown, Client: SSL clie"
	"nt, ApplicationProtocol: HTTPS, URL: https://www.example.com\n",
	"<166>Mar  4 2026 09:15:03 fw1 : %FTD-6-302013: Built inbound T"
	"CP connection 1 for inside:192.0.2.44/50112 (192.0.2.44/50112)"
	" to outside:198.51.100.20/443 (198.51.100.20/443)\n",
	"\"2026-03-04 09:15:02\",\"jdoe\",\"192.0.2.44\",\"203.0.113.9"
	"\",\"198.51.100.20\",\"text/html\",\"ALLOWED\",\"http://plain."
	"example.com/\",\"\",\"Agent/1.0\",\"200\",\"10\",\"20\",\"30\""
	",\"\",\"News\",\"\",\"\",\"\",\"\",\"\",\"AD Users\",\"\"\n",
	"<134>1 2026-03-04T09:15:02Z gw01 CheckPoint 1234 - [action:\"A"
	"ccept\"; flags:\"393216\"; time:\"1772615702\"; src:\"192.0.2."
	"44\"; dst:\"198.51.100.20\"; s_port:\"50112\"; service:\"443\""
	"; product:\"VPN-1 & FireWall-1\"]\n",
	"<30>device=\"SFW\" date=2026-03-04 time=10:15:02 timezone=\"CE"
	"T\" log_type=\"Content Filtering\" log_component=\"HTTP\" log_"
	"subtype=\"Allowed\" src_ip=192.0.2.44 dst_ip=198.51.100.20 pro"
	"tocol=\"TCP\" src_port=50112 dst_port=80 url=\"http://www.exa"
	"mple.com/\" status_code=\"200\"\n",
	"1,2026/03/04 09:15:02,01234567890,TRAFFIC,end,2562,2026/03/04 "
	"09:15:02,192.0.2.44,198.51.100.20,203.0.113.9,198.51.100.20,al"
	"low,jdoe,,ssl,vsys1,trust,untrust,ethernet1/2,ethernet1/1,defa"
	"ult,2026/03/04 09:15:02,1,1,50112,443,37612,443,0x400000,tcp,a"
	"llow,100,50,50,2,2026/03/04 09:15:02,0,any\n",
	"CEF:0|Palo Alto Networks|LF|2.0|TRAFFIC|end|3|dtz=UTC rt=Mar 0"
	"4 2026 09:15:02 src=192.0.2.44 dst=198.51.100.20 spt=50112 dpt"
	"=443 app=ssl\n",
	"2026-03-04 09:15:02 118 192.0.2.44 200 TCP_NC_MISS 3914 1822 GET http "
	"plain.example.com 80 / - jdoe - plain.example.com - - \"Agent/1.0\" "
	"OBSERVED \"News\" - 10.0.0.8\n",
};

START_TEST(leaves_other_lines_alone)
{
	struct logs l = { 0 };
	/* A line that is understood stands first, so that the input is a log. */
	const char *known = "{\"date\":\"2026-03-04\",\"time\":\"09:15:02\","
	    "\"c-ip\":\"192.0.2.44\",\"x-cs-ssl-version\":\"TLSv1.2\"}\n";
	char *both = malloc(strlen(known) + strlen(others[_i]) + 1);

	strcpy(both, known);
	strcat(both, others[_i]);
	logs_read_string(&l, both);
	ck_assert_int_eq(l.result, 0);
	ck_assert_uint_eq(l.n, 1);
	ck_assert_uint_eq(l.info.bad, 0);
	logs_free(&l);
	free(both);
}
END_TEST

int
main(void)
{
	TCase *tc = tcase_create("product lines");

	tcase_add_loop_test(tc, reads_each_shape, 0, N_ITEMS(shapes));
	tcase_add_loop_test(tc, reads_each_shape_wrapped, 0, N_ITEMS(shapes));
	tcase_add_loop_test(tc, leaves_other_lines_alone, 0, N_ITEMS(others));
	return unit_run(tc);
}
