"""Store texts larger than memory as files of ids, in reading order: encode, build, shard_reader."""
