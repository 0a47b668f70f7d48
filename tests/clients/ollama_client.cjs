// What node_test.py has Ollama's client for Node do: node ollama_client.cjs URL MODEL SMALL, with the question and a tool on standard input.
// Prints one object of JSON.
const { readFileSync } = require('node:fs');
const { Ollama } = require('ollama');

async function main([host, model, small]) {
  const { question, tool } = JSON.parse(readFileSync(0, 'utf8'));
  const ollama = new Ollama({ host });
  const options = { temperature: 0 };

  const { models } = await ollama.list();
  const { details, capabilities } = await ollama.show({ model });

  let text = '';
  let last;
  const messages = [{ role: 'user', content: 'Count to fifty.' }];
  for await (last of await ollama.chat({ model: small, messages, stream: true, options: { ...options, num_predict: 6 } }))
    text += last.message.content;

  const calls = [];
  let part;
  for await (part of await ollama.chat({ model, messages: question, tools: [tool], stream: true, options }))
    calls.push(...(part.message.tool_calls ?? []).map((each) => each.function));
  const turn = { role: 'assistant', content: '', tool_calls: calls.map((each) => ({ function: each })) };
  const result = { role: 'tool', tool_name: tool.function.name, content: '18 degrees' };
  const goesOn = { model, messages: [...question, turn, result], tools: [tool], options: { ...options, num_predict: 6 } };
  const answer = await ollama.chat(goesOn);

  const { embeddings } = await ollama.embed({ model: small, input: ['A cat.', 'A dog.'] });
  const { done, done_reason, eval_count } = last;
  console.log(
    JSON.stringify({
      names: models.map((each) => each.name),
      format: details.format,
      capabilities,
      text,
      last: { done, done_reason, eval_count },
      calls: calls.map(({ name, arguments: given }) => ({ name, arguments: given })),
      first_prompt: part.prompt_eval_count,
      second_prompt: answer.prompt_eval_count,
      vectors: embeddings.map((each) => each.length),
    }),
  );
}

main(process.argv.slice(2));
