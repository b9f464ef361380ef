package experiments

import (
	"encoding/binary"
	"hash/crc32"
	"io"
	"math"
	"strings"
	"time"
)

// WriteTensorBoard writes a run as a TensorBoard event file: the scalars of
// steps ("step/..."), of epochs ("epoch/...", at the step that ended them) and
// the final metrics (at the last step), and the settings as a text.
//
// The file is a list of TFRecords: length (uint64), masked crc32c of the
// length, content, masked crc32c of the content, all little-endian. A content
// is an Event message of tensorflow/core/util/event.proto, whose few fields
// are encoded here by hand.
func WriteTensorBoard(w io.Writer, r Record) error {
	t := &eventWriter{w: w}
	t.event(r.Started, 0, message(3, "brain.Event:2"))
	t.event(r.Started, 0, message(5, string(message(1, string(textSummary("settings", "    "+strings.ReplaceAll(strings.TrimRight(r.Settings, "\n"), "\n", "\n    ")))))))
	last := 0
	for _, e := range r.Steps {
		at := r.StepTime(e)
		values := scalar("step/learning_rate", e.LearningRate)
		values = append(values, scalar("step/grad_norm", e.GradNorm)...)
		for _, name := range losses(e) {
			values = append(values, scalar("step/loss/"+name, e.Losses[name])...)
		}
		t.event(at, e.Step, message(5, string(values)))
		last = e.Step
	}
	for _, p := range r.Epochs {
		t.event(p.At, p.Step, message(5, string(scalar("epoch/"+p.Name, p.Value))))
		last = max(last, p.Step)
	}
	for _, name := range sortedKeys(r.Metrics) {
		t.event(r.Finished, last, message(5, string(scalar(name, r.Metrics[name]))))
	}
	return t.err
}

// eventWriter writes records and keeps the first error.
type eventWriter struct {
	w   io.Writer
	err error
}

// event writes Event{1: wall_time, 2: step, and the field what}.
func (t *eventWriter) event(at time.Time, step int, what []byte) {
	b := []byte{1<<3 | 1}
	b = binary.LittleEndian.AppendUint64(b, math.Float64bits(float64(at.UnixMicro())/1e6))
	if step != 0 { // proto3 leaves zeros out
		b = append(b, 2<<3)
		b = binary.AppendUvarint(b, uint64(step))
	}
	t.record(append(b, what...))
}

func (t *eventWriter) record(content []byte) {
	if t.err != nil {
		return
	}
	b := binary.LittleEndian.AppendUint64(nil, uint64(len(content)))
	b = binary.LittleEndian.AppendUint32(b, maskedCRC(b))
	b = append(b, content...)
	b = binary.LittleEndian.AppendUint32(b, maskedCRC(content))
	_, t.err = t.w.Write(b)
}

// maskedCRC is the crc32c of TFRecords, rotated right by 15 bits and shifted
// by a constant (tensorflow/core/lib/hash/crc32c.h), so that a checksum of
// data which holds checksums stays useful.
func maskedCRC(b []byte) uint32 {
	crc := crc32.Checksum(b, crc32.MakeTable(crc32.Castagnoli))
	return (crc>>15 | crc<<17) + 0xa282ead8
}

// message is a protobuf field of bytes, text or an embedded message.
func message(field int, content string) []byte {
	b := binary.AppendUvarint(nil, uint64(field)<<3|2)
	b = binary.AppendUvarint(b, uint64(len(content)))
	return append(b, content...)
}

// scalar is Summary{value: {1: tag, 2: simple_value}}.
func scalar(tag string, v float64) []byte {
	b := append(message(1, tag), 2<<3|5)
	b = binary.LittleEndian.AppendUint32(b, math.Float32bits(float32(v)))
	return message(1, string(b))
}

// textSummary is Summary.Value{1: tag, 8: a tensor of one string, 9: metadata
// of the plugin "text"}.
func textSummary(tag, text string) []byte {
	plugin := message(1, string(message(1, "text")))
	tensor := []byte{1 << 3, 7}                                            // dtype: DT_STRING
	tensor = append(tensor, message(2, string(message(2, "\x08\x01")))...) // shape: one dimension of size 1
	tensor = append(tensor, message(8, text)...)
	b := append(message(1, tag), message(8, string(tensor))...)
	return append(b, message(9, string(plugin))...)
}
