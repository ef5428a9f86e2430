package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"musicdb/conn/bench/load"
	"musicdb/conn/bench/peers"
)

// mode is one kind of work with its numbers.
type mode struct {
	name    string
	title   string
	unit    string // what is counted
	purpose peers.Purpose
	work    load.Options
	// once marks a mode whose result hardly depends on what else the machine does.
	once bool
}

const (
	some    = 1000 // connections
	shorter = 400 * time.Millisecond
	longer  = 1200 * time.Millisecond
	settle  = 700 * time.Millisecond
)

func modes() []mode {
	most := descriptors() - 300 // for the rest of the process
	return []mode{
		{name: "idle", title: "idle memory", unit: "connection", purpose: peers.Memory, once: true,
			work: load.Options{Kind: load.Idle, Conns: some, Size: 256, Settle: settle}},
		{name: "idlemax", title: "idle memory, as many connections as descriptors allow", unit: "connection", purpose: peers.Memory, once: true,
			work: load.Options{Kind: load.Idle, Conns: most, Size: 256, Settle: settle}},
		{name: "tls", title: "idle memory over TLS", unit: "connection", purpose: peers.Memory, once: true,
			work: load.Options{Kind: load.Idle, Conns: min(4*some, most), Size: 256, TLS: true, Settle: settle}},
		{name: "echo", title: "echo, closed loop", unit: "message", purpose: peers.Speed,
			work: load.Options{Kind: load.Echo, Conns: some, Size: 256, Depth: 1, Warm: shorter, Time: longer}},
		{name: "echo8", title: "echo, 8 messages in flight on each connection", unit: "message", purpose: peers.Speed,
			work: load.Options{Kind: load.Echo, Conns: some, Size: 256, Depth: 8, Warm: shorter, Time: longer}},
		{name: "rate", title: "echo at a fixed 10,000 messages per second", unit: "message", purpose: peers.Speed,
			work: load.Options{Kind: load.Echo, Conns: some, Size: 256, Depth: 1, Rate: 10_000, Warm: shorter, Time: longer}},
		{name: "bcast", title: "broadcast", unit: "delivery", purpose: peers.Speed,
			work: load.Options{Kind: load.Broadcast, Conns: some, Size: 512, Depth: 1, Warm: shorter, Time: longer}},
		{name: "bcastmax", title: "broadcast to as many connections as descriptors allow", unit: "delivery", purpose: peers.Speed,
			work: load.Options{Kind: load.Broadcast, Conns: most, Size: 512, Depth: 1, Warm: shorter, Time: longer}},
		{name: "burst", title: "broadcasts in bursts of 8", unit: "delivery", purpose: peers.Speed,
			work: load.Options{Kind: load.Broadcast, Conns: some, Size: 512, Depth: 8, Warm: shorter, Time: longer}},
		{name: "deflate", title: "compressed broadcast", unit: "delivery", purpose: peers.Speed,
			work: load.Options{Kind: load.Broadcast, Conns: some, Size: 1024, Depth: 1, Deflate: true, Warm: shorter, Time: longer}},
		{name: "handshake", title: "opening handshake", unit: "handshake", purpose: peers.Speed,
			work: load.Options{Kind: load.Handshake, Conns: 64, Warm: shorter, Time: longer}},
		{name: "machine", title: "the machine's share", unit: "event",
			work: load.Options{Kind: events, Conns: some, Time: shorter}},
	}
}

// quick is the same work, only little of it.
func (m mode) quick() mode {
	m.once = true
	m.work.Conns = min(m.work.Conns, 30)
	if m.name == "idlemax" || m.name == "bcastmax" {
		m.work.Conns = 200
	}
	m.work.Warm, m.work.Time, m.work.Settle = 10*time.Millisecond, 60*time.Millisecond, 10*time.Millisecond
	return m
}

// suits reports whether a peer can do the work at all.
func (m mode) suits(p peers.Peer) bool {
	return (p.TLS || !m.work.TLS) && (p.Deflate || !m.work.Deflate) && (p.Ours || m.work.Kind != events)
}

// describe is the work in numbers.
func (m mode) describe() string {
	parts := []string{fmt.Sprintf("%d connections", m.work.Conns)}
	if m.work.Kind == load.Handshake {
		parts[0] = fmt.Sprintf("%d attempts at a time", m.work.Conns)
	}
	if m.work.Size > 0 {
		parts = append(parts, fmt.Sprintf("%d bytes", m.work.Size))
	}
	return strings.Join(parts, ", ")
}

func modeNames() []string {
	var names []string
	for _, m := range modes() {
		names = append(names, m.name)
	}
	return names
}

func modeNamed(name string) (mode, error) {
	all := modes()
	i := slices.IndexFunc(all, func(m mode) bool { return m.name == name })
	if i < 0 {
		return mode{}, fmt.Errorf("there is no mode %q; there are %s", name, strings.Join(modeNames(), ", "))
	}
	return all[i], nil
}

// descriptors is how many files each of the children may open, within reason.
func descriptors() int {
	const reason = 100_000
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		return 1024
	}
	return int(min(limit.Max, reason)) // the runtime asks for all that is allowed
}
