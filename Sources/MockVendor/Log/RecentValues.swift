// Values by key within a bound, for what is remembered of requests.

/// Values that forget the keys that have not been written for longest.
///
/// Two generations instead of a linked list: values are written into the recent one, and when that holds `limit` of
/// them it becomes the older one and the former older one is forgotten. A key that is written again moves back into
/// the recent generation. So a key is remembered while fewer than `limit` others were written since, and never more
/// than `2 × limit` are held.
struct RecentValues<Value> {
    private let limit: Int
    private var recent: [String: Value] = [:]
    private var older: [String: Value] = [:]

    init(limit: Int) {
        self.limit = limit
    }

    var count: Int { recent.count + older.count }

    /// Reading keeps nothing from being forgotten.
    subscript(key: String) -> Value? { recent[key] ?? older[key] }

    /// Changes a value, or `standard` where there is none; returns it as it is then.
    @discardableResult
    mutating func update(_ key: String, or standard: Value, _ change: (inout Value) -> Void) -> Value {
        var value = recent[key] ?? older.removeValue(forKey: key) ?? standard
        change(&value)
        recent[key] = value
        if recent.count >= limit {
            older = recent
            recent = [:]
        }
        return value
    }
}
