package server_test

// Files of the music directory and the entries made from them.
var deliberateFiles = deliberate{}
