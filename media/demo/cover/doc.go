// Package cover paints the covers of the demo library's albums, one geometric
// picture each.
//
// A picture is a function from a point to a colour (paint.go), sampled nine
// times per pixel. Album returns the finished file. The package knows nothing
// of music beyond the names of the albums; any goroutine may call it.
//
// Start reading at Album in album.go.
package cover
