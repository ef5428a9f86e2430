package tasks

import "cmp"

// Offers are tasks that wait for consent to a plan.

// Offered is new music with a plan for it.
type Offered struct {
	ContentType ContentType    // Album or Video
	Path        string         // of the album's directory or the video
	Plan        int64          // id of the plan
	Annotations map[string]any // for clients: title, doubts, numbers
}

// Offer makes a task that waits for consent to a plan. Where the same path is offered
// already that task gets the new plan and annotations, and keeps its id; the plan that
// it had is replaced, 0 if there was none.
func (m *Manager) Offer(o Offered) (id string, replaced int64, err error) {
	raw, err := rawValues(o.Annotations)
	if err != nil {
		return "", 0, err
	}
	if err := checkTarget(o.Path, false); err != nil {
		return "", 0, err
	}
	m.offering.Lock()
	defer m.offering.Unlock()
	if t, found := m.OfferAt(o.Path); found {
		renewed := false
		err := m.with(t.ID, func(r *record) error {
			if renewed = r.task.State == WaitForConsent; !renewed {
				return nil
			}
			t := r.task.clone()
			replaced, t.Plan, t.Annotations = t.Plan, o.Plan, raw
			r.task = t
			r.touched = m.o.Now()
			r.save(false)
			m.tell(StateUpdate, r.shown.Load(), "")
			return nil
		})
		if err == nil && renewed {
			return t.ID, replaced, nil
		}
	}
	t := Task{ID: newID(), ContentType: o.ContentType, Plan: o.Plan, Annotations: raw}
	if o.ContentType == Video {
		t.VideoPath = &o.Path
	} else {
		t.AlbumPath = &o.Path
	}
	_, err = m.add(t, Offer)
	return t.ID, 0, err
}

// OfferAt returns the offer of an album's directory or a video.
func (m *Manager) OfferAt(path string) (Task, bool) {
	for _, t := range m.all() {
		if at := cmp.Or(t.AlbumPath, t.VideoPath); t.State == WaitForConsent && at != nil && *at == path {
			return t, true
		}
	}
	return Task{}, false
}

// Withdraw ends the offer of a path that is not new any more, and returns its plan; 0
// if there was none.
func (m *Manager) Withdraw(path string) (plan int64) {
	t, found := m.OfferAt(path)
	if !found {
		return 0
	}
	m.settleOffers(t.Plan, Cancel)
	return t.Plan
}

// Consent lets the plan of a task be carried out.
func (m *Manager) Consent(id string) error {
	return m.with(id, func(r *record) error {
		if err := r.fire(Consent, ""); err != nil {
			return err
		}
		m.look(r)
		return nil
	})
}

// PlanApplied ends the offer of a plan that was carried out.
func (m *Manager) PlanApplied(plan int64) { m.settleOffers(plan, Applied) }

// PlanWithdrawn ends the offer of a plan that nobody wants, or that fits no more.
func (m *Manager) PlanWithdrawn(plan int64) { m.settleOffers(plan, Cancel) }

// settleOffers fires an event for the tasks that wait for consent to a plan. A task
// that carries it out itself has left that state.
func (m *Manager) settleOffers(plan int64, on Event) {
	for _, t := range m.all() {
		if t.Plan != plan || t.State != WaitForConsent {
			continue
		}
		r, err := m.find(t.ID)
		if err != nil {
			continue
		}
		r.mu.Lock()
		if r.live() && r.task.State == WaitForConsent {
			if err := r.fire(on, ""); err != nil {
				m.o.Log.Error("an offer cannot be settled", "task", t.ID, "plan", plan, "err", err)
			}
			m.look(r)
		}
		r.mu.Unlock()
	}
}

// OfferOf returns the task that waits for consent to a plan.
func (m *Manager) OfferOf(plan int64) (Task, bool) {
	for _, t := range m.all() {
		if t.Plan == plan && t.State == WaitForConsent {
			return t, true
		}
	}
	return Task{}, false
}
