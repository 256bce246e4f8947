namespace Soc.Memory.Observation;

/// <summary>
/// What a <see cref="ModelEvent"/> tells. Each member documents the payload words A to D and the small fields; a field that is
/// not named is zero. Times are virtual nanoseconds; an event without a duration has End = Start.
/// </summary>
/// <remarks>
/// <para>Order: one ring holds the events of one source in the order in which the source wrote them. The details of a
/// translation (<see cref="Walk"/>, <see cref="WalkLevel"/>, <see cref="Translate"/>) are written before the
/// <see cref="LazyTranslation"/> that closes it, all with the same correlation id: the source's own count of translations,
/// from 1 (see <see cref="EventRing.NextTranslation"/>).</para>
/// <para>A configuration change is identified by <see cref="ModelEvent.ChangeId"/> of its checker and a count: every event of the
/// change carries it, whichever agent writes the event.</para>
/// </remarks>
public enum ModelEventType : byte
{
    /// <summary>Not an event; the value of an empty cell.</summary>
    None = 0,

    /// <summary>
    /// A page-table walk ended. Correlation: translation. Kind: access kind. Index: translation context. Result: the walker's
    /// fault code, 0 for success. A: virtual address. B: physical address, 0 after a fault. C: page-table entries read.
    /// D: log2 of the page size in bytes.
    /// </summary>
    Walk = 1,

    /// <summary>
    /// One level of a page-table walk. Correlation: translation. Kind: access kind. Index: level, the root has the highest.
    /// Result: fault code, 0 when the walk went on or ended here well. A: virtual address. B: address of the entry. C: the entry.
    /// </summary>
    WalkLevel = 2,

    /// <summary>
    /// One checker or IOMMU was asked. Correlation: translation. Kind: access kind. Index: the checker's index (its WID or source id).
    /// Result: <see cref="TranslationAnswer"/>. Flags: position in the chain, from 0. A: address that went in. B: address that came
    /// out. C: mask of the answer. D: low 32 bits the owner (agent number of the checker), bits 39:32 the <see cref="AccessKinds"/>
    /// for which the answer holds.
    /// </summary>
    Translate = 3,

    /// <summary>
    /// A lazy translation ended: all the checkers of one access were asked. Correlation: translation. Kind: access kind. Index:
    /// translation context. Result: <see cref="TranslationAnswer"/> of the whole chain. Flags: checkers asked. A: virtual address (for a
    /// DMA engine the bus address). B: address on the initiator's bus. C: address at the end of the chain. D: owner of the last
    /// checker asked; of a refusal the one that refused; <see cref="ModelEvent.NoAgent"/> when none was asked.
    /// Start includes the page walk when there was one.
    /// </summary>
    LazyTranslation = 4,

    /// <summary>
    /// An access was executed and refused. Source: the initiator. Correlation: translation that found the refusal, 0 when it was cached.
    /// Kind: access kind. Index: number of the refusal among those that are explained, 0 for none. Result: <see cref="AccessResult"/>;
    /// Ok means silently absorbed (reads zero, write ignored), Error a bus error. Flags: log2 of the size in bytes. A: address on the initiator's bus. B: bits of the
    /// <see cref="TransactionAttributes"/>. C: pc of a hart, descriptor address of a DMA engine. D: owner of the checker that
    /// refused, <see cref="ModelEvent.NoAgent"/> when no checker did (decode error).
    /// </summary>
    Refused = 5,

    /// <summary>
    /// An initiator processed an Invalidate (rule M3). Source: the recipient. Correlation: configuration change. Kind: the
    /// <see cref="AccessKinds"/> in scope. Flags: <see cref="ModelEvent.Parked"/> when the recipient was not running. A, B: first and
    /// last address in scope. C: entries scanned. D: kinds re-armed. Start: begin of the scan; End: its end.
    /// </summary>
    Rearm = 6,

    /// <summary>
    /// Entries of a private TLB were dropped. Kind: 0 everything, 1 some contexts, 2 one page. A: first virtual address.
    /// B: last. C: bit per context.
    /// </summary>
    Flush = 7,

    /// <summary>
    /// A register of another agent was written or read. Source: the initiator. Correlation: the configuration change that it led to, 0 for
    /// none. Kind: access kind. Result: <see cref="AccessResult"/>. Flags: log2 of the size in bytes. A: offset in the register file.
    /// B: value. C: address on the initiator's bus. D: owner of the registers. Start: issue; End: the initiator goes on (rule M7).
    /// </summary>
    RegisterWrite = 8,

    /// <summary>
    /// A checker or IOMMU published a snapshot (rule M1). Source: the checker. Correlation: configuration change. Kind: the
    /// <see cref="AccessKinds"/> in scope. Index: recipients of the Invalidate that follows. A, B: first and last address in scope.
    /// C: bit per index in scope. D: epoch. Start: the register write arrived; End: published.
    /// </summary>
    Commit = 9,

    /// <summary>
    /// An Invalidate left (rule M2). Source: the checker. Correlation: configuration change. A: recipient's agent number.
    /// B: delivery time in virtual ns.
    /// </summary>
    InvalidateSent = 10,

    /// <summary>
    /// An InvalidateAck arrived (rule M6). Source: the checker. Correlation: configuration change. Flags:
    /// <see cref="ModelEvent.Parked"/> as the recipient said. A: recipient's agent number. B: virtual ns at which the recipient re-armed.
    /// C: entries scanned. D: kinds re-armed. Start: the Invalidate was sent; End: the acknowledgement arrived.
    /// </summary>
    InvalidateAcknowledged = 11,

    /// <summary>
    /// The last acknowledgement is in, the configuration write is completed. Source: the checker. Correlation: configuration change.
    /// Index: recipients. A: agent that wrote the register, <see cref="ModelEvent.NoAgent"/> for reset and debug. B: acknowledgements waited
    /// for (0 at guarantee level eventual). D: epoch. Start: the commit; End: completed. The window of the change.
    /// </summary>
    ChangeCompleted = 12,

    /// <summary>
    /// An interrupt line or message changed. Source: who raised it. Index: number of the interrupt. Result: 1 raised, 0 lowered.
    /// A: agent number of the hart.
    /// </summary>
    Interrupt = 13,

    /// <summary>
    /// A hart took a trap. Index: privilege level it went to, 4 more in a virtual machine. A: pc. B: trap value (xtval). C: cause with the interrupt bit 63. D: handler.
    /// </summary>
    Trap = 14,

    /// <summary>
    /// A DMA engine finished a descriptor. Correlation: the engine's count of descriptors. Index: channel. Result:
    /// <see cref="AccessResult"/>. A: source address. B: destination address. C: bytes done. D: beats. Start: fetched; End: done.
    /// </summary>
    DmaDescriptor = 15,

    /// <summary>
    /// An IOMMU fetched a command. Source: the IOMMU. Correlation: the cycle of commands up to the next IOFENCE.C (<see cref="ModelEvent.ChangeId"/>).
    /// Index: place in the command queue. Flags: bits 2:0 func3. Kind: opcode. A, B: the command's doublewords. C: the cycle's count of commands.
    /// D: agent that wrote the doorbell, <see cref="ModelEvent.NoAgent"/> when none is known. Start: the doorbell; End: fetched.
    /// </summary>
    IommuCommand = 16,

    /// <summary>
    /// An IOMMU told a device to drop translations (or to drain its accesses). Source: the IOMMU. Correlation: cycle. Kind: 0 the device's copies of
    /// the IOMMU's cache, 1 its ATS entries, 2 a drain. A: the device's agent number. B: number of the message, together with the kind unique.
    /// </summary>
    IommuInvalidateSent = 17,

    /// <summary>
    /// A device took such a message in. Source: the device. Correlation, Kind, B: as in <see cref="IommuInvalidateSent"/>. Flags:
    /// <see cref="ModelEvent.Parked"/> when it was not running. A: the IOMMU's agent number. C: entries scanned. D: entries dropped.
    /// </summary>
    IommuInvalidated = 18,

    /// <summary>
    /// The device's acknowledgement arrived. Source: the IOMMU. Correlation, Kind, A, B: as in <see cref="IommuInvalidateSent"/>. C: entries
    /// scanned. D: entries dropped. Start: the message was sent; End: the acknowledgement arrived.
    /// </summary>
    IommuAcknowledged = 19,

    /// <summary>
    /// An IOFENCE.C completed, and with it a cycle. Source: the IOMMU. Correlation: cycle. Index: commands of the cycle. A: messages that were
    /// waited for. Start: the fence was fetched; End: complete. B: virtual ns at which the cycle's first doorbell was written.
    /// C: doorbells that led to commands of the cycle.
    /// </summary>
    IommuFence = 20,

    /// <summary>
    /// A device asked an IOMMU for a translation. Source: the device. Kind: access kind. Flags: the address type (0 untranslated, 1 translation
    /// request, 2 translated). Result: 0 success, else how it was refused. Index: low bits of the device id. A: address asked for. B: answer.
    /// C: memory reads of the walk, 0 for a hit of the IOTLB. D: agent number of the IOMMU. Start: asked; End: answered.
    /// </summary>
    IommuTranslation = 21,

    /// <summary>
    /// The sanitizer found a guest bug: an access that may use a stale translation, stale code or an old answer of a checker. Source: the
    /// initiator. Correlation: the configuration change for a checker, else 0. Kind: access kind. Index: the cause, a
    /// StaleCause of Soc.Tlb. A: virtual address. B: pc of the access. C: pc of the store or register write that made it stale.
    /// D: agent that wrote. Start: the write; End: the access.
    /// </summary>
    StaleUse = 32,
}
