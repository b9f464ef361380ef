//go:build cuda

package cuda

import (
	"fmt"
	"unsafe"

	"gorgonia.org/cu"
)

// The words of the status: what a kernel met that points outside its table, and
// how many documents CRF, CRFNLL and CRFMarginals have redone.
const (
	statusComplaint = iota
	statusRedone
	statusWords
)

// Codes of operations in a complaint, which is code<<32 | value; 0 is no complaint.
const (
	codeEmbed = 1 + iota
	codeEmbedGrad
	codeGather
	codeGatherGrad
	codeGroupLogSoftmax
	codeGroupLogSoftmaxGrad
	codeGroupAdd
	codeGroupSum
	codeSoftmaxLoss
	codeCRF
	codeCRFNLL
	codeSumSquaresRows
	codeAdamWRows
)

// complaints says what each operation complains of.
var complaints = map[int]string{
	codeEmbed:               "Embed: index %d is no row of the table",
	codeEmbedGrad:           "EmbedGrad: index %d is no row of the table",
	codeGather:              "Gather: index %d is no row of the matrix",
	codeGatherGrad:          "GatherGrad: index %d is no row of the matrix",
	codeGroupLogSoftmax:     "GroupLogSoftmax: a column is in group %d, which is none",
	codeGroupLogSoftmaxGrad: "GroupLogSoftmaxGrad: a column is in group %d, which is none",
	codeGroupAdd:            "GroupAdd: a column is in group %d, which is none",
	codeGroupSum:            "GroupSum: a column is in group %d, which is none",
	codeSoftmaxLoss:         "SoftmaxLoss: label %d is no column",
	codeCRF:                 "CRF: label %d is no column",
	codeCRFNLL:              "CRFNLL: label %d is no column",
	codeSumSquaresRows:      "SumSquaresRows: row %d is no row, or does not follow the one before: rows are sorted and unique",
	codeAdamWRows:           "AdamWRows: row %d is no row, or does not follow the one before: rows are sorted and unique",
}

// besideWords is the room behind the status, in words of 8 bytes, for numbers that
// the host reads: the losses of a step with up to 2000 documents come with
// the status in one copy.
const besideWords = 2048

// read is what the host fetches at once: the status and the words behind it.
type read [statusWords + besideWords]uint64

// wait waits for the device, fetches the status and some words behind it, and
// panics with what has failed. A complaint is a caller's mistake, reported once.
func (b *backend) wait(beside int) *read {
	status := b.read
	b.must(b.now(b.at, "wait", func() error {
		if err := cu.MemcpyDtoHAsync(unsafe.Pointer(status), cu.DevicePtr(b.status), int64((statusWords+beside)*8), b.stream); err != nil {
			return err
		}
		return b.stream.Synchronize()
	}))
	if word := status[statusComplaint]; word != 0 {
		b.set(b.status, 0, 2)
		panic("kernels: " + fmt.Sprintf(complaints[int(word>>32)], int32(uint32(word))))
	}
	return status
}

// complaint passes the word for complaints and the code of an operation to a kernel.
func (b *backend) complaint(code int) (word, operation arg) {
	return address(b.status + statusComplaint*8), integer(code)
}
