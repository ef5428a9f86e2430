// Package ffmpeg runs ffmpeg as child processes: the one installed on the
// machine where there is a usable one, else the one inside our own executable.
//
// It owns finding, checking and (for the embedded one) compiling the program,
// and the way in which children are started: in a process group of their own,
// killed with the daemon, their complaints kept within bounds, their input
// restricted to one local file or a pipe. It refuses to know anything about
// songs or streams; what a child decodes or encodes is its caller's business.
//
// The embedded ffmpeg is WebAssembly. It is never run inside the daemon: its
// first compilation takes 15 to 20 s and 550 MB, a run from the compilation
// cache 160 MB. The executable starts itself with the command "ffmpeg" instead,
// which package embedded implements.
//
// All methods of a Tool may be called from any goroutine. Start reading at
// Tool, then machine.go for what its life looks like.
package ffmpeg
