package embedded

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"

	"codeberg.org/gruf/go-ffmpreg/embed"
	"codeberg.org/gruf/go-ffmpreg/wasm"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/experimental"
)

// exitBroken is the exit code when ffmpeg itself could not be run.
const exitBroken = 70

// Release gives back the memory of the unpacked WebAssembly (about 50 MB with
// what unpacking left behind). Main cannot run in this process any more.
func Release() {
	embed.B = nil
	debug.FreeOSMemory()
}

// Main runs ffmpeg with the given arguments on the process' standard streams
// and returns its exit code. The compiled program is kept in cacheDir; without
// one every start compiles for 15 to 20 s.
//
// ffmpeg sees only the folders of the files named in its arguments with the
// prefix "file:", and may write only into that of the last argument when that
// is such a file and no input.
func Main(args []string, cacheDir string) int {
	code, err := run(context.Background(), args, cacheDir, os.Stdin, os.Stdout, os.Stderr)
	if err != nil {
		fmt.Fprintln(os.Stderr, "the embedded ffmpeg does not run:", err)
		return exitBroken
	}
	return code
}

var errDenied = errors.New("this process may not make memory executable, as MemoryDenyWriteExecute= in its unit says; install ffmpeg")

func run(ctx context.Context, args []string, cacheDir string, stdin io.Reader, stdout, stderr io.Writer) (int, error) {
	if embed.B == nil {
		return 0, fmt.Errorf("its program was released in this process")
	}
	if !MayCompile() {
		return 0, errDenied // interpreted it would not keep up with the music
	}
	config := wazero.NewRuntimeConfig()
	if cacheDir != "" {
		cache, err := wazero.NewCompilationCacheWithDir(cacheDir)
		if err != nil {
			return 0, fmt.Errorf("cannot use its cache: %w", err)
		}
		config = config.WithCompilationCache(cache)
	}
	rt, err := wasm.NewRuntime(ctx, config)
	if err != nil {
		return 0, err
	}
	if args, err = absolute(args); err != nil {
		return 0, err
	}
	program, err := rt.CompileModule(experimental.WithCompilationWorkers(ctx, runtime.GOMAXPROCS(0)), embed.B)
	if err != nil {
		return 0, err
	}
	// From here on only the compiled program is needed.
	Release()

	code, err := wasm.Run(ctx, rt, program, wasm.Args{
		Name: "ffmpeg", Args: args, Stdin: stdin, Stdout: stdout, Stderr: stderr,
		Config: func(module wazero.ModuleConfig) wazero.ModuleConfig {
			return module.WithFSConfig(mounts(args)).WithSysWalltime().WithSysNanotime().WithSysNanosleep()
		},
	})
	return int(code), err
}

// absolute completes relative paths behind "file:": inside, the working directory
// would be the root.
func absolute(args []string) ([]string, error) {
	args = slices.Clone(args)
	for i, arg := range args {
		if path, named := strings.CutPrefix(arg, "file:"); named && !filepath.IsAbs(path) {
			full, err := filepath.Abs(path)
			if err != nil {
				return nil, err
			}
			args[i] = "file:" + full
		}
	}
	return args, nil
}

// mounts shows ffmpeg the folders of the files in its arguments, under their
// own names.
func mounts(args []string) wazero.FSConfig {
	config := wazero.NewFSConfig()
	var shown []string
	show := func(dir string, mount func(dir, guest string) wazero.FSConfig) {
		if !slices.Contains(shown, dir) {
			shown = append(shown, dir)
			config = mount(dir, dir)
		}
	}
	// The last argument first: a folder that is written to may also be read.
	for i := len(args) - 1; i >= 0; i-- {
		path, named := strings.CutPrefix(args[i], "file:")
		if !named || !filepath.IsAbs(path) {
			continue
		}
		isOutput := i == len(args)-1 && (i == 0 || args[i-1] != "-i")
		if isOutput {
			show(filepath.Dir(path), config.WithDirMount)
		} else {
			show(filepath.Dir(path), config.WithReadOnlyDirMount)
		}
	}
	return config
}
