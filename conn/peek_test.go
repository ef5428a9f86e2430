package conn

// peek looks at a connection with the mutex of its shard held.
func peek(c Conn, look func(r *record, w *work)) {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	look(c.s.table.record(c.slot), c.s.table.seat(c.slot).work)
}
