#!/usr/bin/env python3
"""Writes ranks_texts.gguf: a reranking model of the BERT family, as small as the engine takes one, with weights of chance.

    pip install gguf numpy && make_ranks_texts.py ranks_texts.gguf
"""
import string
import sys

import gguf
import numpy

WIDTH, HIDDEN, HEADS, WINDOW = 8, 8, 2, 64
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
WORDS = ["cat", "dog", "kitten", "bank", "rate", "mat", *string.ascii_lowercase]
VOCABULARY = SPECIAL + ["\u2581" + word for word in WORDS] + list(string.ascii_lowercase)

chance = numpy.random.default_rng(1)
out = gguf.GGUFWriter(sys.argv[1], "bert")
out.add_context_length(WINDOW)
out.add_embedding_length(WIDTH)
out.add_feed_forward_length(HIDDEN)
out.add_head_count(HEADS)
out.add_block_count(1)
out.add_layer_norm_eps(1e-12)
out.add_causal_attention(False)
out.add_pooling_type(gguf.PoolingType.RANK)
out.add_file_type(0)
out.add_tokenizer_model("bert")
out.add_tokenizer_pre("default")
out.add_token_list(VOCABULARY)
out.add_token_types([3] * len(SPECIAL) + [1] * (len(VOCABULARY) - len(SPECIAL)))
out.add_token_type_count(2)
for number, add in enumerate([out.add_pad_token_id, out.add_unk_token_id, out.add_bos_token_id, out.add_sep_token_id, out.add_mask_token_id]):
    add(number)
out.add_eos_token_id(3)
out.add_add_bos_token(True)
out.add_add_eos_token(True)


def matrix(name, rows, columns, bias=True):
    out.add_tensor(name + ".weight", (chance.standard_normal((rows, columns)) * 0.3).astype(numpy.float32))
    if bias:
        out.add_tensor(name + ".bias", numpy.zeros(rows, numpy.float32))


def norm(name):
    out.add_tensor(name + ".weight", numpy.ones(WIDTH, numpy.float32))
    out.add_tensor(name + ".bias", numpy.zeros(WIDTH, numpy.float32))


for name, rows in (("token_embd", len(VOCABULARY)), ("position_embd", WINDOW), ("token_types", 2)):
    matrix(name, rows, WIDTH, bias=False)
norm("token_embd_norm")
for name in ("attn_q", "attn_k", "attn_v", "attn_output"):
    matrix("blk.0." + name, WIDTH, WIDTH)
norm("blk.0.attn_output_norm")
matrix("blk.0.ffn_up", HIDDEN, WIDTH)
matrix("blk.0.ffn_down", WIDTH, HIDDEN)
norm("blk.0.layer_output_norm")
matrix("cls", WIDTH, WIDTH)
matrix("cls.output", 1, WIDTH)
out.write_header_to_file()
out.write_kv_data_to_file()
out.write_tensors_to_file()
out.close()
