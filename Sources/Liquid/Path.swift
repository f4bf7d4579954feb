/// A path that a template reads from its context, for checks before anything is rendered: does `trigger`
/// have a property of this name?
package struct Path: Hashable, Sendable, CustomStringConvertible {
    package enum Component: Hashable, Sendable {
        /// `.title` or `["Review Title"]`; also `.size`, `.first`, `.last`, which need not be keys.
        case key(String)
        case index(Int64)
        /// `[other.path]`: known only when it is rendered.
        case computed
    }

    /// The first component: the context's key.
    package let root: String
    /// What follows it.
    package let components: [Component]
    /// Where the path begins.
    package let location: Location

    package var description: String {
        components.reduce(into: root) { text, component in
            switch component {
            case .key(let key): text += key.utf8.allSatisfy(\.isNamePart) ? ".\(key)" : "[\"\(key)\"]"
            case .index(let index): text += "[\(index)]"
            case .computed: text += "[…]"
            }
        }
    }
}
