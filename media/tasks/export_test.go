package tasks

// Definition is the machine of a task.
var Definition = definition

// SetStep gives a state another step. Run must not have begun.
func (m *Manager) SetStep(s State, step Step) {
	own := map[State]Step{}
	for state, step := range m.steps {
		own[state] = step
	}
	own[s] = step
	m.steps = own
}

// Add makes a task as the request of a client does.
func (m *Manager) Add(t Task, on Event) error {
	_, err := m.add(t, on)
	return err
}

// LookAtAll is the look of the minute.
func (m *Manager) LookAtAll() { m.lookAtAll() }

// AtRest is what the file of a task holds.
func (t Task) AtRest() Task { return t.atRest() }

// IsRunning says whether a worker is busy with a task in this state.
func IsRunning(s State) bool { return isRunning(s) }

// StepOf is the step of a state, for one that is put around it.
func StepOf(s State) Step { return steps[s] }
