package tasks

import (
	"context"
	"os"

	"musicdb/media/files"
)

// prepareVideo reads what a video says about itself. What a client has said about it
// counts more.
func (w *Work) prepareVideo(ctx context.Context, f *os.File, name string) error {
	values, err := videoValues(ctx, f, name)
	if err != nil {
		return err
	}
	for key := range w.Task().Annotations {
		delete(values, key)
	}
	if err := w.Annotate(values); err != nil {
		return err
	}
	w.Set(func(t *Task) { t.PreprocessedPath = &name })
	return nil
}

func videoValues(ctx context.Context, f *os.File, name string) (map[string]any, error) {
	v, err := files.ReadVideoOf(ctx, f, name)
	if err != nil {
		return nil, notWhatItIsCalled(err, name, "a video")
	}
	return map[string]any{
		"origin": files.OriginInternet, "playtime": v.Playtime, "codec": v.Codec, "xresolution": v.X, "yresolution": v.Y,
	}, nil
}
