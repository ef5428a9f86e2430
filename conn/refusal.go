package conn

// refusal is an HTTP answer to a request that does not become a websocket.
type refusal struct {
	status int
	text   string // a sentence for the body
	header string // further header lines, each with its CR LF
}

// statusText has the reason phrases of what the engine answers (RFC 9110 15).
var statusText = map[int]string{
	200: "OK",
	400: "Bad Request",
	403: "Forbidden",
	405: "Method Not Allowed",
	431: "Request Header Fields Too Large",
	505: "HTTP Version Not Supported",
}

// What a request is refused for.
var (
	refuseNotHTTP      = &refusal{400, "this is not HTTP", ""}
	refuseHeadTooLarge = &refusal{431, "the request head is too large", ""}
	refuseRequestLine  = &refusal{400, "the request line is not one of HTTP/1.1", ""}
	refuseHeaderLine   = &refusal{400, "a header line is malformed", ""}
	refusePageNotGet   = &refusal{405, "only GET is answered here", "Allow: GET\r\n"}
	refuseNotGet       = &refusal{405, "a websocket is opened with GET", "Allow: GET\r\n"}
	refuseHTTPVersion  = &refusal{505, "a websocket needs HTTP/1.1", ""}
	refuseHosts        = &refusal{400, "exactly one Host header is required", ""}
	refuseUpgrade      = &refusal{400, "the Upgrade header does not name websocket", ""}
	refuseConnection   = &refusal{400, "the Connection header does not name Upgrade", ""}
	// RFC 6455 4.4: the answer names the versions that would have been fine.
	refuseVersion = &refusal{400, "this server speaks the versions 13 and 8 of the protocol", "Sec-WebSocket-Version: 13,8\r\n"}
	refuseKeys    = &refusal{400, "exactly one Sec-WebSocket-Key header is required", ""}
	refuseNonce   = &refusal{400, "the Sec-WebSocket-Key is not 16 bytes in base64", ""}
	refuseOrigins = &refusal{400, "more than one Origin header", ""}
	refuseOrigin  = &refusal{403, "a page of this origin may not connect", ""}
)
