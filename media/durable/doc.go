// Package durable replaces files so that a crash leaves the old content or the
// new one, never a part of either, and so that what was acknowledged is on the
// disk.
//
// It owns the order in which that is done: temporary file, its permissions, its
// content, fsync, rename, fsync of the directory; and it owns the names of the
// temporary files. It refuses to know what the files mean, and to leave the
// directory tree that it is given as an os.Root.
//
// Any goroutine may call it. Two that replace the same file at the same time both
// succeed, and one of them is last.
//
// Start reading at replace.go; several files that belong together are in stage.go.
package durable
