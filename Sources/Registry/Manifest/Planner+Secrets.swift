// The secrets of connections: where they come from, and how they rest.

import Flow

extension Planner {
    /// The secrets in the clear; nil when one can't be had.
    mutating func secrets(of draft: ConnectionDraft, _ document: Manifest.Document) -> OpenedSecrets? {
        let folder = document.file.lastIndex(of: "/").map { String(document.file[..<$0]) } ?? "."
        var opened = OpenedSecrets()
        var isComplete = true
        for (member, source) in draft.sources {
            let name = member.joined(separator: ".")
            let mark = member.reduce(document.node) { $0[$1] ?? $0 }.mark
            if case .plain = source {
                warn(
                    document, mark,
                    "\(name) stands here in plain text; better: \(name): { env: NAME } or { file: PATH }")
            }
            switch source.resolve(in: folder, options) {
            case .success(let secret):
                opened.take(secret, of: member)
                if let fault = fault(in: secret, of: member, draft) {
                    report(document, mark, "\(name): \(fault)")
                    isComplete = false
                }
            case .failure(let fault):
                report(document, mark, "\(name): \(fault.message)")
                isComplete = false
            }
        }
        if draft.endpoint != nil, draft.secret == nil, document.node["secret"] == nil {
            warn(
                document, nil,
                "the connection \(draft.id) has no secret: runs that need it are held until one is applied")
        }
        return isComplete ? opened : nil
    }

    /// Why a secret can't be of use, whatever the other side says of it.
    private func fault(in secret: String, of member: [String], _ draft: ConnectionDraft) -> String? {
        if member[0].hasSuffix("ingest_token") { return Self.tokenFault(secret) }
        let names = Set(draft.credentials.keys)
        guard member.count == 2, let way = catalogue[draft.connector]?.connection.way(for: names) else {
            return nil
        }
        return options.credentialFault?(way, member[1], secret)
    }

    /// Whoever guesses a token can start a store's workflows; and it has to go into a header.
    static func tokenFault(_ token: String) -> String? {
        if token.utf8.count < 16 {
            return "it has fewer than 16 characters; openssl rand -hex 32 makes a good one"
        }
        return token.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
            ? nil : "it has spaces or characters that are not ASCII"
    }

    /// Seals what is new. What rests sealed already is kept where the secret is the same, so that an unchanged secret
    /// makes no new version.
    mutating func seal(_ opened: OpenedSecrets, for draft: ConnectionDraft, _ document: Manifest.Document)
        -> SealedSecrets?
    {
        if opened == OpenedSecrets() { return SealedSecrets() }
        let mark = draft.sources.first.flatMap { document.node[$0.member[0]]?.mark }
        guard let box = options.secretBox else {
            report(document, mark, "secret: no sealing key is configured, so that no secret can be stored")
            return nil
        }
        let resting = resting(of: draft.id, box, document, mark)
        do throws(RegistryError) {
            func sealed(_ secret: String, _ use: SecretUse) throws(RegistryError) -> SealedText {
                if let text = resting[use]?[secret] { return text }
                return try box.seal(secret, for: draft.id)
            }
            var secrets = SealedSecrets()
            for secret in opened.signing { secrets.signing.append(try sealed(secret, .signing)) }
            for (name, secret) in opened.credentials {
                secrets.credentials[name] = try sealed(secret, .credential(name))
            }
            for secret in opened.tokens { secrets.incoming.tokens.append(try sealed(secret, .token)) }
            for secret in opened.webhookSecrets {
                secrets.incoming.webhookSecrets.append(try sealed(secret, .webhook))
            }
            return secrets
        } catch {
            report(document, mark, "secret: \(error)")
            return nil
        }
    }

    /// What a secret is for. One that is used for two things is sealed twice.
    private enum SecretUse: Hashable {
        case signing, credential(String), token, webhook
    }

    /// What the registry has sealed for a connection, by the use and the secret.
    private mutating func resting(
        of id: String, _ box: SecretBox, _ document: Manifest.Document, _ mark: DocumentNode.Mark?
    ) -> [SecretUse: [String: SealedText]] {
        guard let connection = directory.connections[id] else { return [:] }
        let texts =
            connection.secrets.map { (SecretUse.signing, $0) }
            + connection.api.credentials.map { (.credential($0.key), $0.value) }
            + connection.incoming.tokens.map { (.token, $0) }
            + connection.incoming.webhookSecrets.map { (.webhook, $0) }
        var resting: [SecretUse: [String: SealedText]] = [:]
        var unopenable: Set<String> = []
        for (use, text) in texts {
            guard let secret = try? box.open(text, for: id) else {
                unopenable.insert(text.keyID)
                continue
            }
            if !options.reseals || text.keyID == box.sealingKeyID {
                resting[use, default: [:]][secret] = text
            }
        }
        tell(of: unopenable, id, document, mark)
        return resting
    }

    /// Whoever applies with keys of another set would make all of it useless to the workers, without a word.
    private mutating func tell(
        of keys: Set<String>, _ id: String, _ document: Manifest.Document, _ mark: DocumentNode.Mark?
    ) {
        guard !keys.isEmpty else { return }
        let what =
            "the connection \(id): what the registry has is sealed with the key \(keys.sorted().joined(separator: ", ")), "
            + "which is none of those given here (SLUICE_SECRETS_KEYS)"
        if options.replacesUnopenable {
            warn(document, mark, "\(what), so it is replaced; senders need these keys, too")
        } else {
            report(
                document, mark,
                "\(what); give the workers' keys, or, where that key is lost, replace it: --replace-unopenable"
            )
        }
    }

    // MARK: Sealing again

    /// Seals what rests under an older key: every connection of the registry that the plan leaves as it is, so that the
    /// old key can be taken out afterwards. It changes no credentials, and Sluice's absence from a store doesn't matter.
    mutating func planReseals() {
        guard let box = options.secretBox else {
            faults.append(
                Diagnostic(
                    mark: nil, message: "no sealing key is configured, so that nothing can be sealed again"))
            return
        }
        let planned = Set(items.filter { $0.kind == .connection }.map(\.id))
        for (id, connection) in directory.connections.sorted(by: { $0.key < $1.key })
        where !planned.contains(id) {
            guard connection.sealed.contains(where: { $0.keyID != box.sealingKeyID }) else { continue }
            do throws(RegistryError) {
                let sealed = try connection.resealed { text throws(RegistryError) in
                    try box.seal(box.open(text, for: id), for: id)
                }
                add(.connection, id, sealed.body)
                resealed.append(id)
            } catch {
                warnings.append(
                    Diagnostic(mark: nil, message: "the connection \(id) is not sealed again: \(error)"))
            }
        }
        resealTokens(box)
    }

    /// Tokens that were refreshed rest beside their connections.
    private mutating func resealTokens(_ box: SecretBox) {
        for (id, authorization) in directory.authorizations.sorted(by: { $0.key < $1.key }) {
            guard let tokens = authorization.tokens, tokens.keyID != box.sealingKeyID else { continue }
            do throws(RegistryError) {
                let sealed = try box.seal(box.open(tokens, for: id), for: id)
                add(.authorization, id, authorization.with(tokens: sealed).body)
            } catch {
                warnings.append(
                    Diagnostic(mark: nil, message: "the tokens of \(id) are not sealed again: \(error)"))
            }
        }
    }
}
