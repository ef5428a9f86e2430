// Command child is an executable that does nothing but run the embedded
// ffmpeg; the tests build it without the race detector, under which the
// compilation would take minutes.
package main

import (
	"os"

	"musicdb/media/ffmpeg/embedded"
)

func main() { os.Exit(embedded.Main(os.Args[1:], os.Getenv("WAZERO_COMPILATION_CACHE"))) }
