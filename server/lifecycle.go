package server

import "musicdb/fsm"

// This file is the life of the server process as a table: one instance, from the
// first shared object to the exit code. Only Drive moves it (drive.go); the
// program behind it initializes, listens, runs and stops, and returns errors.

// ProcessState is where the server process is in its life.
type ProcessState uint8

// The states, in the order in which a healthy process meets them.
const (
	Prepared ProcessState = iota
	Initializing
	Initialized
	Binding
	Ready
	Running
	UpdatingCaches
	Reloading
	Stopping
	Aborting
	ExitedRegularly
	ExitedForced
)

// ProcessEvent is what happens to the server process.
type ProcessEvent uint8

// The events, in the order in which a healthy process meets them.
const (
	Initialize ProcessEvent = iota
	InitializeSucceeded
	StartWebSocketServer
	Listening
	Run
	UpdateCaches
	CachesUpdated
	Reload
	Reloaded
	Shutdown
	Failed
	Stopped
	Insist
)

var (
	processLayer = fsm.Layer{Name: "process", Color: "black"}
	partsLayer   = fsm.Layer{Name: "music and workers", Color: "darkgreen"}
	networkLayer = fsm.Layer{Name: "network", Color: "blue"}
	systemLayer  = fsm.Layer{Name: "operating system", Color: "red"}
)

var processStates = []fsm.StateDoc[ProcessState]{
	{State: Prepared, Name: "Prepared", Layer: processLayer, Doc: "Configuration and databases are open, nothing shares them yet. Left to initialize, or ended by a signal."},
	{State: Initializing, Name: "Initializing", Layer: partsLayer, Doc: "What all connections share comes to life: search, stream, caches. Left when done, by a failure, or by a signal."},
	{State: Initialized, Name: "Initialized", Layer: processLayer, Doc: "The workers run; the network does not know of it yet. Left to open the listeners, or ended by a signal."},
	{State: Binding, Name: "Binding", Layer: networkLayer, Doc: "The listeners are opened. Left when clients can connect, by a failure such as a port in use, or by a signal."},
	{State: Ready, Name: "Ready", Layer: networkLayer, Doc: "Clients can connect. Left at once for the main loop, or ended by a signal."},
	{State: Running, Name: "Running", Layer: processLayer, Rank: "loop", Doc: "The main loop waits for signals and failures. Left for a cache update, a reload, a regular shutdown, or a failure."},
	{State: UpdatingCaches, Name: "UpdatingCaches", Layer: partsLayer, Rank: "loop", Doc: "The search cache is rebuilt and every client told to refresh. Left when done; a failure leaves the old cache."},
	{State: Reloading, Name: "Reloading", Layer: systemLayer, Rank: "loop", Doc: "Certificates are read and log files opened again; connections stay. Left when done; what fails leaves the old ones."},
	{State: Stopping, Name: "Stopping", Layer: processLayer, Rank: "stop", Doc: "A regular shutdown: clients are told, then the workers stop, then the listeners. Left when all is stopped, or by another signal."},
	{State: Aborting, Name: "Aborting", Layer: processLayer, Rank: "stop", Doc: "The same shutdown after a failure. Left when all is stopped, or by a signal."},
	{State: ExitedRegularly, Name: "ExitedRegularly", Layer: systemLayer, Rank: "exit", Terminal: true, Doc: "The process ends with exit code 0. Terminal."},
	{State: ExitedForced, Name: "ExitedForced", Layer: systemLayer, Rank: "exit", Terminal: true, Doc: "The process ends with exit code 1. Terminal."},
}

var processEvents = []fsm.EventDoc[ProcessEvent]{
	{Event: Initialize, Name: "Initialize", Layer: processLayer, By: "the main program", Doc: "Share configuration and databases, start the workers, build the search cache."},
	{Event: InitializeSucceeded, Name: "InitializeSucceeded", Layer: partsLayer, By: "the parts", Doc: "Every worker runs and the search cache is built."},
	{Event: StartWebSocketServer, Name: "StartWebSocketServer", Layer: processLayer, By: "the main program", Doc: "Open the listeners."},
	{Event: Listening, Name: "Listening", Layer: networkLayer, By: "the listeners", Doc: "Both listeners accept connections."},
	{Event: Run, Name: "Run", Layer: processLayer, By: "the main program", Doc: "Enter the main loop."},
	{Event: UpdateCaches, Name: "UpdateCaches", Layer: systemLayer, By: "USR1, or a finished import", Doc: "What the clients and the search engine remember is stale."},
	{Event: CachesUpdated, Name: "CachesUpdated", Layer: partsLayer, By: "the parts", Doc: "The search cache is new and the clients were told; or it failed and was reported."},
	{Event: Reload, Name: "Reload", Layer: systemLayer, By: "HUP", Doc: "Certificates or log files have been replaced by others."},
	{Event: Reloaded, Name: "Reloaded", Layer: processLayer, By: "the parts", Doc: "The new certificates and log files are in use; or that failed and was reported."},
	{Event: Shutdown, Name: "Shutdown", Layer: systemLayer, By: "INT or TERM", Doc: "The process shall end regularly."},
	{Event: Failed, Name: "Failed", Layer: processLayer, By: "any part", Doc: "A part that the server cannot do without has failed."},
	{Event: Stopped, Name: "Stopped", Layer: processLayer, By: "the parts", Doc: "Clients, workers and listeners are stopped, or their time is over."},
	{Event: Insist, Name: "Insist", Layer: systemLayer, By: "INT or TERM during a shutdown", Doc: "The process shall end at once, whatever has not stopped yet."},
}

var processRows = []fsm.Row[ProcessState, ProcessEvent]{
	{From: Prepared, On: Initialize, To: Initializing},
	{From: Prepared, On: Shutdown, To: Stopping},

	{From: Initializing, On: InitializeSucceeded, To: Initialized},
	{From: Initializing, On: Failed, To: Aborting},
	{From: Initializing, On: Shutdown, To: Stopping, Why: "whoever starts the server may change their mind; the work under way is cancelled first"},

	{From: Initialized, On: StartWebSocketServer, To: Binding},
	{From: Initialized, On: Shutdown, To: Stopping},

	{From: Binding, On: Listening, To: Ready},
	{From: Binding, On: Failed, To: Aborting, Why: "a process that never became ready must not linger: it ends with exit code 1"},
	{From: Binding, On: Shutdown, To: Stopping},

	{From: Ready, On: Run, To: Running},
	{From: Ready, On: Shutdown, To: Stopping},

	{From: Running, On: UpdateCaches, To: UpdatingCaches},
	{From: Running, On: Reload, To: Reloading},
	{From: Running, On: Shutdown, To: Stopping},
	{From: Running, On: Failed, To: Aborting},

	{From: UpdatingCaches, On: CachesUpdated, To: Running},
	{From: Reloading, On: Reloaded, To: Running},

	{From: Stopping, On: Stopped, To: ExitedRegularly},
	{From: Aborting, On: Stopped, To: ExitedForced},
	{From: Stopping, On: Insist, To: ExitedForced, Why: "who asks again does not want to wait; what was acknowledged is on the disk already"},
	{From: Aborting, On: Insist, To: ExitedForced},
}

// Process is the machine of the server process. It is immutable.
var Process = fsm.MustDefine("process",
	"The life of the server process, from its opened databases to its exit code.",
	Prepared, processStates, processEvents, processRows)

// Definitions describes every machine of this package.
func Definitions() []fsm.Description { return []fsm.Description{Process.Describe(), Access.Describe()} }
