package main

import "log/slog"

// announce tells what of the settings an owner should know at the start: what is
// odd, what is switched off, and what this version does not do.
func (s *Settings) announce(log *slog.Logger) {
	for _, w := range s.Warnings {
		log.Warn("the configuration file has something odd", "what", w.Error())
	}
	for _, d := range []struct {
		on             Switch
		variable, what string
	}{
		{s.Debug.DisableStats, "MUSICDB_DEBUG_DISABLESTATS", "no statistics are changed"},
		{s.Debug.DisableTracker, "MUSICDB_DEBUG_DISABLETRACKER", "what is played is not tracked"},
		{s.Debug.DisableAI, "MUSICDB_DEBUG_DISABLEAI", "this has no effect"},
		{s.Debug.DisableTagging, "MUSICDB_DEBUG_DISABLETAGGING", "tags cannot be changed"},
		{s.Debug.DisableIcecast, "MUSICDB_DEBUG_DISABLEICECAST", "there is no audio stream"},
		{s.Debug.DisableVideos, "MUSICDB_DEBUG_DISABLEVIDEOS", "there is no video stream"},
	} {
		if bool(d.on) && (s.File != "" || s.origins[d.variable].kind != fromDefault) {
			log.Warn("a debug switch is on: "+d.what, "setting", s.name(d.variable))
		}
	}
}
