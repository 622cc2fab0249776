"""Fine-tune a pretrained model, in reading order: lora, saved_result; spam,
classifier, saved_vectors, bag_of_words, compare; instruction_list, instruction_dataset,
upper_blocks, tune_lora, answers, judging, instruct, instructed; dpo, prefer, preferred.
"""
