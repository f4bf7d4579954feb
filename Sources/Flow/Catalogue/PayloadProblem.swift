/// One thing that keeps a payload, or an action's properties, from being used: where, what, and what to do.
package struct PayloadProblem: Hashable, Sendable, CustomStringConvertible {
    /// The field's key, with the way into lists and objects: `searches[2].query`. Empty for the whole payload.
    package let field: String
    package let what: String
    package let remedy: String

    package init(field: String, what: String, remedy: String) {
        self.field = field
        self.what = what
        self.remedy = remedy
    }

    /// `rating is a boolean; send a number, such as 4.5`
    package var description: String { "\(field.isEmpty ? "the payload" : field) \(what); \(remedy)" }
}
