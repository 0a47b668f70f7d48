#!/usr/bin/env python3
"""LiteLLM in three dialects, unmodified, against `hearth serve` with the real engine and small models.

    tests/clients/install agents
    PYTHONPATH=build/clients-litellm HEARTH_PROGRAM=build/release/hearth HEARTH_HOME=... tests/clients/litellm_test.py
"""

import json
import os
import unittest

from served import MODEL, QUESTION, SMALL, TOOL, ServedTest

# LiteLLM would ask its own server for a list of prices.
os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
import litellm  # noqa: E402

litellm.suppress_debug_info = True
DIALECTS = {"openai": "/v1", "ollama_chat": "", "anthropic": ""}


class LiteLlmTest(ServedTest):
    def lite(self, dialect, model, messages, **asked):
        return litellm.completion(
            model=f"{dialect}/{model}",
            api_base=self.url + DIALECTS[dialect],
            api_key="unused",
            messages=messages,
            temperature=0,
            max_retries=0,
            **asked,
        )

    def test_litellm_streams_a_chat(self):
        for dialect in DIALECTS:
            with self.subTest(dialect):
                chunks = list(
                    self.lite(
                        dialect,
                        SMALL,
                        [{"role": "user", "content": "Count to fifty."}],
                        max_tokens=6,
                        stream=True,
                        stream_options={"include_usage": True},
                    )
                )
                whole = litellm.stream_chunk_builder(chunks)
                self.assertTrue(whole.choices[0].message.content)
                self.assertEqual(whole.choices[0].finish_reason, "length")
                self.assertEqual(whole.usage.completion_tokens, 6)

    def test_litellm_gets_a_call_and_goes_on(self):
        for dialect in DIALECTS:
            with self.subTest(dialect):
                chunks = list(self.lite(dialect, MODEL, QUESTION, tools=[TOOL], max_tokens=80, stream=True))
                whole = litellm.stream_chunk_builder(chunks, messages=QUESTION)
                self.assertEqual(whole.choices[0].finish_reason, "tool_calls")
                call = whole.choices[0].message.tool_calls[0]
                self.assertEqual(call.function.name, "weather")
                self.assertEqual(json.loads(call.function.arguments), {"city": "Paris"})
                result = {"role": "tool", "tool_call_id": call.id, "content": "18 degrees"}
                messages = [*QUESTION, whole.choices[0].message.model_dump(exclude_none=True), result]
                # What so small a model makes of the result is its own affair.
                answer = self.lite(dialect, MODEL, messages, tools=[TOOL], max_tokens=6)
                self.assertGreater(answer.usage.prompt_tokens, whole.usage.prompt_tokens + 20)
                self.assertGreater(answer.usage.completion_tokens, 0)


if __name__ == "__main__":
    unittest.main()
