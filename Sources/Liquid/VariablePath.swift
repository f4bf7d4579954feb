/// A path as the renderer follows it, step by step: `trigger.items[0].title`.
struct VariablePath: Sendable {
    enum Root: Sendable {
        case name(String)
        /// `{{ [key] }}`: the context's key is itself a value.
        case computed(Operand)
    }

    enum Step: Sendable {
        /// `.name`, which also means `size`, `first` and `last` where there is no such key.
        case member(String)
        case key(String)
        case index(Int64)
        case computed(Operand)
    }

    var root: Root
    var steps: [Step] = []
}
