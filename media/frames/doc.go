// Package frames makes the pictures of videos: frames spread over a video, an
// animation of them as preview, and the thumbnail that the user has chosen.
//
// They lie below the artwork directory, one directory per video, under the names
// that MusicDB 8 gives them:
//
//	<Artist>/<Video>/frame-01.jpg … frame-05.jpg
//	<Artist>/<Video>/preview.webp
//	<Artist>/<Video>/thumbnail.jpg
//	<Artist>/<Video>/frame-01 (150×83).jpg, and so for each of them and each scale
//
// Frames and previews that exist are kept, a thumbnail is replaced. The package
// owns these files and the three columns of a video's row that name them. It
// refuses to leave the artwork directory (every access goes through os.Root), to
// write in place, and to let ffmpeg write: a child gets one file to read, hands
// over its picture through a pipe, and is killed when it takes too long. Pictures
// for clients are opened by package artwork, whose directory it is.
//
// A worker makes the pictures of all videos that have none ([Store.Run]), one
// after the other with the lowest priority: databases name videos whose pictures
// were never made, or were not copied along.
//
// All methods of a [Store] may be called from any goroutine. One picture is made
// at a time; who waits for it can give up.
//
// Start reading at Store.SetThumbnail in thumbnail.go; make.go makes frames and
// preview, worker.go for all videos, grab.go talks to ffmpeg.
package frames
