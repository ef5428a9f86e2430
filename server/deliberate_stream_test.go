package server_test

// deliberateStream are the deliberate differences of the audio stream.
var deliberateStream = deliberate{
	hesitations: []hesitation{
		{scenario: "20-stream", step: 21, client: "a", beats: 3}, // three quarters of a second
	},
}
