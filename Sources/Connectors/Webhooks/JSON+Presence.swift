internal import Flow
internal import Liquid

extension JSON {
    /// The member of an object; nil where there is none, and where it is null: vendors write both for what they don't
    /// know, and null would win against what stands behind `??`.
    func known(_ name: String) -> JSON? {
        guard let value = self[name], !value.isNull else { return JSON?.none }
        return value
    }
}
