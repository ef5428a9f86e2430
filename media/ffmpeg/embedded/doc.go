// Package embedded is the ffmpeg inside our own executable: WebAssembly, run by
// wazero, with LAME and Opus.
//
// Main is what the command "musicdb ffmpeg ARGS…" runs, in a process of its
// own. The daemon only calls Release, at its start: the library unpacks 23 MB
// of WebAssembly when a process begins, whether it is needed or not.
//
// Nothing here is for use from several goroutines: Main ends a process' life,
// Release belongs at its beginning.
package embedded
