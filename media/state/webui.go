package state

import "path/filepath"

const webuiVersion = 3

// What videomode and lyrics can be.
const (
	modeEnabled  = "enabled"
	modeDisabled = "disabled"
)

// WebUI is the configuration that user interfaces keep on the server, in
// config/webui.ini. Its JSON form is WebUIConfig of the MusicDB protocol.
type WebUI struct {
	Meta struct {
		Version int `json:"version"`
	} `json:"meta"`
	WebUI struct {
		VideoMode string `json:"videomode"` // "enabled" or "disabled"
		Lyrics    string `json:"lyrics"`    // "enabled" or "disabled"
	} `json:"WebUI"`
	MainMenu struct {
		ShowStreamPlayer bool `json:"showstreamplayer"`
		ShowSystemStatus bool `json:"showsystemstatus"`
	} `json:"MainMenu"`
	ArtistsView struct {
		ShowRelease bool `json:"showrelease"`
	} `json:"ArtistsView"`
	GenreSelectionView struct {
		ShowOther bool `json:"showother"`
	} `json:"GenreSelectionView"`
	Stream struct {
		URL      string `json:"url"`
		Username string `json:"username"`
		Password string `json:"password"`
	} `json:"Stream"`
	Debug struct {
		BlurArtwork bool `json:"blurartwork"`
	} `json:"debug"`
}

// DefaultWebUI returns what a new webui.ini is filled with.
func DefaultWebUI() WebUI {
	var w WebUI
	w.Meta.Version = webuiVersion
	w.WebUI.VideoMode = modeDisabled
	w.WebUI.Lyrics = modeEnabled
	w.MainMenu.ShowSystemStatus = true
	w.ArtistsView.ShowRelease = true
	w.GenreSelectionView.ShowOther = true
	w.Stream.URL = "http://127.0.0.1:8000/stream"
	return w
}

func (s *Store) webuiFile() string { return filepath.Join(s.config, "webui.ini") }

// WebUI reads the configuration of the user interfaces from the disk. A file
// that is missing or older is brought to the current version first. A value that
// cannot be read is replaced by its default. Errors: [*FileError].
func (s *Store) WebUI() (WebUI, error) {
	file, err := s.current(s.webuiFile(), asWebUI, webuiVersion, upgradeWebUI)
	if err != nil {
		return WebUI{}, err
	}
	return readWebUI(file), nil
}

// SaveWebUI writes the complete configuration. Errors: [ErrValue] for a text
// with a line break, [*FileError]; the file is then unchanged.
func (s *Store) SaveWebUI(w WebUI) error {
	return s.change(s.webuiFile(), asWebUI, w.bind().write)
}

// readWebUI fills in what the file has. Where it has nothing the defaults of a
// new file hold, except that the main menu then shows no system status.
func readWebUI(file *INI) WebUI {
	w := DefaultWebUI()
	w.Meta.Version = 0
	w.MainMenu.ShowSystemStatus = false
	w.bind().read(file)
	w.onlyKnownModes()
	return w
}

// onlyKnownModes replaces what is no mode by the default.
func (w *WebUI) onlyKnownModes() {
	if w.WebUI.VideoMode != modeEnabled && w.WebUI.VideoMode != modeDisabled {
		w.WebUI.VideoMode = modeDisabled
	}
	if w.WebUI.Lyrics != modeEnabled && w.WebUI.Lyrics != modeDisabled {
		w.WebUI.Lyrics = modeEnabled
	}
}

// webuiSince is the version of the file in which each section appeared.
var webuiSince = map[string]int{
	"meta": 1, "WebUI": 1, "debug": 1,
	"ArtistsView": 2, "GenreSelectionView": 2,
	"MainMenu": 3, "Stream": 3,
}

// upgradeWebUI adds what versions after the given one have brought.
func upgradeWebUI(file *INI, version int) error {
	w := DefaultWebUI()
	if err := w.bind().fill(file, func(section string) bool { return webuiSince[section] > version }); err != nil {
		return err
	}
	return file.SetInt("meta", "version", webuiVersion)
}

// bind names the place of each field in the file, in the order of the file.
func (w *WebUI) bind() binding {
	return binding{
		{"meta", "version", &w.Meta.Version},
		{"WebUI", "videomode", &w.WebUI.VideoMode},
		{"WebUI", "lyrics", &w.WebUI.Lyrics},
		{"MainMenu", "showstreamplayer", &w.MainMenu.ShowStreamPlayer},
		{"MainMenu", "showsystemstatus", &w.MainMenu.ShowSystemStatus},
		{"ArtistsView", "showrelease", &w.ArtistsView.ShowRelease},
		{"GenreSelectionView", "showother", &w.GenreSelectionView.ShowOther},
		{"Stream", "url", &w.Stream.URL},
		{"Stream", "username", &w.Stream.Username},
		{"Stream", "password", &w.Stream.Password},
		{"debug", "blurartwork", &w.Debug.BlurArtwork},
	}
}
