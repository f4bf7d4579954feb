/// A compiled Liquid template: parsed once, rendered as often as needed, from any number of threads.
///
/// Rendering depends on the template and the context alone: no clock, no randomness, no locale. Objects are
/// printed and looped over in the order of their keys. Two templates are equal when their sources are.
package struct Template: Hashable, Sendable {
    package let source: String
    /// Every path that it reads from its context, in source order and as often as it stands there. Names set
    /// by `assign` and `for` are not among them, nor is `{{ [key] }}`, whose name only a render knows.
    package let paths: [Path]
    private let nodes: [Node]

    /// Compiles the source; what can't be compiled is refused with its line and column.
    package init(_ source: String) throws(TemplateError) {
        var parser = try Parser(source)
        self.source = source
        nodes = try parser.parse()
        paths = parser.paths
    }

    /// The text with its outputs filled in. What is undefined prints nothing.
    package func render(_ context: [String: Value]) throws(RenderError) -> String {
        var renderer = Renderer(context)
        return try renderer.text(of: nodes)
    }

    /// If the template is exactly one output `{{ … }}` with nothing around it, its value with its type kept
    /// (a number stays a number, undefined is null); otherwise the rendered string.
    package func evaluate(_ context: [String: Value]) throws(RenderError) -> Value {
        var work = 0
        return try evaluate(context, work: &work)
    }

    /// The same, for a caller that has a budget of its own.
    ///
    /// - Parameter work: grows by what it cost, in the bytes that `Limits.work` counts.
    package func evaluate(_ context: [String: Value], work: inout Int) throws(RenderError) -> Value {
        var renderer = Renderer(context)
        defer { work += renderer.work }
        guard nodes.count == 1, case .output(let expression)? = nodes.first else {
            return .string(try renderer.text(of: nodes))
        }
        return try renderer.value(of: expression)
    }

    package static func == (left: Template, right: Template) -> Bool { left.source == right.source }

    package func hash(into hasher: inout Hasher) { hasher.combine(source) }
}
