package corpus

import (
	"errors"
	"io/fs"
)

func importSroie(fsys fs.FS, names []string) (ImportResult, error) {
	return ImportResult{}, errors.New("not yet")
}
