//go:build unix

package embedded

import (
	"os"

	"golang.org/x/sys/unix"
)

// MayCompile tells whether this process, and its children, may make memory
// executable that they have written, as compiling WebAssembly needs. A service
// manager may deny that (MemoryDenyWriteExecute=). What is compiled is otherwise
// interpreted, some hundred times slower.
func MayCompile() bool {
	page, err := unix.Mmap(-1, 0, os.Getpagesize(), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE)
	if err != nil {
		return false
	}
	err = unix.Mprotect(page, unix.PROT_READ|unix.PROT_EXEC)
	_ = unix.Munmap(page) // it is ours
	return err == nil
}
