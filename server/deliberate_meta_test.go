package server_test

// Rows: artists, albums, songs, lyrics, tags and configurations.
var deliberateMeta = deliberate{
	leftOut: []leftOut{
		{"18-broadcast", []int{18, 19, 20}, "the genre of step 15 is missing"},
	},
}
