"""Fine-tune a pretrained model, in reading order: lora, saved_result; spam,
classifier, saved_vectors, bag_of_words; instruction_list, instruction_dataset,
upper_blocks, lora_training, answers, instruction_tuning, judging; dpo, preference_tuning.
"""
