package observe

func (b *builder) configs() {}
