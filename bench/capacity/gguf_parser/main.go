// Prints what the gguf-parser library estimates for a file that runs on the CPU, as one JSON object of bytes a line of input.
//
// Its own command is a module that the Go module proxy does not have, so the library is asked as that command asks it:
// nothing offloaded, flash attention on. Each line of standard input: FILE CONTEXT SLOTS STEP KV_TYPE, where CONTEXT is of all
// slots together.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"

	gguf "github.com/gpustack/gguf-parser-go"
)

type estimate struct {
	Weights   uint64 `json:"weights"`
	KV        uint64 `json:"kv"`
	Compute   uint64 `json:"compute"`
	Footprint uint64 `json:"footprint"` // its guess of tokenizer, header and logits
	Error     string `json:"error,omitempty"`
}

func estimateOf(file string, context, slots, step int32, kvType string) (result estimate) {
	defer func() {
		if failed := recover(); failed != nil {
			result = estimate{Error: fmt.Sprint(failed)}
		}
	}()
	types := map[string]gguf.GGMLType{"f16": gguf.GGMLTypeF16, "q8_0": gguf.GGMLTypeQ8_0, "q4_0": gguf.GGMLTypeQ4_0}
	kind, known := types[kvType]
	if !known {
		return estimate{Error: "unknown type " + kvType}
	}
	parsed, err := gguf.ParseGGUFFile(file, gguf.UseMMap())
	if err != nil {
		return estimate{Error: err.Error()}
	}
	run := parsed.EstimateLLaMACppRun(
		gguf.WithLLaMACppContextSize(context),
		gguf.WithParallelSize(slots),
		gguf.WithFlashAttention(),
		gguf.WithLLaMACppLogicalBatchSize(max(step, 32)),
		gguf.WithLLaMACppPhysicalBatchSize(step),
		gguf.WithLLaMACppCacheKeyType(kind),
		gguf.WithLLaMACppCacheValueType(kind),
		gguf.WithLLaMACppOffloadLayers(0),
	)
	// The first device is the RAM; what it would put on a card beside a CPU run is left out.
	host := run.Devices[0]
	result.Weights = uint64(host.Weight.Sum())
	result.KV = uint64(host.KVCache.Sum())
	result.Compute = uint64(host.Computation.Sum())
	result.Footprint = uint64(host.Footprint)
	return result
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	out := json.NewEncoder(os.Stdout)
	for lines.Scan() {
		var file, kvType string
		var context, slots, step int32
		if _, err := fmt.Sscan(lines.Text(), &file, &context, &slots, &step, &kvType); err != nil {
			_ = out.Encode(estimate{Error: err.Error()})
			continue
		}
		_ = out.Encode(estimateOf(file, context, slots, step, kvType))
	}
}
