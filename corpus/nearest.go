package corpus

import (
	"fmt"

	"github.com/invoicelab/invoicelab/nearest"
)

// didYouMean suggests what a misspelt name was meant to be, as
// " (did you mean ...?)", or nothing when no name is near.
func didYouMean(given string, names []string) string {
	if name, ok := nearest.Name(given, names); ok {
		return fmt.Sprintf(" (did you mean %q?)", name)
	}
	return ""
}
