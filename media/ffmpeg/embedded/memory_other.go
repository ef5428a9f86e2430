//go:build !unix

package embedded

// MayCompile tells whether this process may make memory executable; here nothing
// denies that.
func MayCompile() bool { return true }
