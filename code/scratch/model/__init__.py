"""A GPT, in reading order: attention, gpt, multihead, config, generate, gpt2_layout, tensor_file,
gpt_options.
Then a Llama: llama, llama_file, gguf_file, quantized, smollm.
"""
