package corpus

import (
	"fmt"

	"github.com/invoicelab/invoicelab/stream"
)

// HoldOutValidation moves a share of the training documents, 0 to 1, chosen by
// a hash of their ids, into the validation split, which must be empty, and
// seals the corpus anew.
func (ds *Dataset) HoldOutValidation(share float64) error {
	if !(share > 0 && share < 1) {
		return fmt.Errorf("validation share %v: expected more than 0 and less than 1", share)
	}
	if n := len(ds.Docs[Validation]); n > 0 {
		return fmt.Errorf("validation share %v: the data has %d validation documents of its own", share, n)
	}
	var train, validation []Document
	for _, d := range ds.Docs[Train] {
		if stream.New(0, "validation/"+d.ID).Float64() < share {
			validation = append(validation, d)
		} else {
			train = append(train, d)
		}
	}
	if len(train) == 0 || len(validation) == 0 {
		return fmt.Errorf("validation share %v of %d training documents leaves %d to train on and %d to validate on", share, len(ds.Docs[Train]), len(train), len(validation))
	}
	ds.Docs[Train], ds.Docs[Validation] = train, validation
	ds.Manifest.Notes = append(ds.Manifest.Notes, fmt.Sprintf("%d of %d training documents were made the validation split, by a hash of their ids", len(validation), len(train)+len(validation)))
	ds.Seal()
	return nil
}
