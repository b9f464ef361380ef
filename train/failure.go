package train

import (
	"errors"
	"fmt"
	"strings"

	"github.com/invoicelab/invoicelab/corpus"
	"github.com/invoicelab/invoicelab/nn"
)

// StepError is a step that could not be taken: a loss or a gradient that is not
// finite, or a document that the model cannot be trained on.
type StepError struct {
	Step, Epoch int      // from 1
	Documents   []string // of the batches of the step
	Document    string   // the one that caused it; empty when it is not one document's fault
	NotFinite   bool     // a number was NaN or infinite; otherwise the document cannot be trained on
	Err         error    // names the loss and the parameter
}

// notFinitePrefix begins the text of an error about such numbers.
const notFinitePrefix = "not finite: "

// shown is how many documents of a batch an error lists.
const shown = 16

func (e *StepError) Error() string {
	at := fmt.Sprintf("step %d (epoch %d)", e.Step, e.Epoch)
	if e.NotFinite {
		at = notFinitePrefix + at
	}
	if e.Document != "" {
		return fmt.Sprintf("%s: document %s: %v", at, e.Document, e.Err)
	}
	list := strings.Join(e.Documents[:min(len(e.Documents), shown)], " ")
	if n := len(e.Documents) - shown; n > 0 {
		list += fmt.Sprintf(" and %d more", n)
	}
	return fmt.Sprintf("%s: %v; documents of the batch: %s", at, e.Err, list)
}

func (e *StepError) Unwrap() error { return e.Err }

// stepError says which step and documents an error of the model is about.
func (r *runner) stepError(epoch int, batches [][]int, err error) error {
	e := &StepError{Step: r.Steps + 1, Epoch: epoch + 1, Err: err}
	for _, which := range batches {
		for _, d := range which {
			e.Documents = append(e.Documents, r.splits[corpus.Train][d].doc.ID)
		}
	}
	var bad *nn.DocumentError
	if errors.As(err, &bad) {
		e.Document, e.NotFinite = e.Documents[bad.Document], bad.Token < 0
	} else {
		e.NotFinite = true
	}
	return e
}
