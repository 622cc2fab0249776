"""From a pretrained model to one of one's own, in reading order: lora; spam, classifier,
kept_reading, bag_of_words, compare; instruction_list, instruction_dataset, upper_blocks, tune_lora,
answers, judging, saved_result, instruct, instructed; dpo, prefer, preferred.
"""
