package server_test

// Videos, their queue and their stream.
var deliberateVideo = deliberate{}
