// Every check of the world guests: its exit code and what it says when it fails. Codes are never reused.
#ifndef CHECKS_H
#define CHECKS_H

#define CHECKS(CHECK) \
    CHECK(1, CHECK_TIMEOUT, "the stage ends in time") \
    CHECK(2, CHECK_WORLD_TRAP, "no unexpected trap in a world (cause, tval)") \
    CHECK(3, CHECK_TRUSTED_TRAP, "no unexpected trap of hart 0 (cause, tval)") \
    CHECK(4, CHECK_INTERRUPT, "no unexpected interrupt") \
    CHECK(10, CHECK_RESET_MLWID, "mlwid resets to the trusted world") \
    CHECK(11, CHECK_RESET_MWIDDELEG, "mwiddeleg resets to 0") \
    CHECK(12, CHECK_RESET_SLWID, "slwid is illegal while mwiddeleg is 0") \
    CHECK(13, CHECK_NSLOTS, "the checker has 16 slots") \
    CHECK(14, CHECK_RESET_BYPASS, "the bypass slot admits only the trusted world after reset") \
    CHECK(15, CHECK_RESET_RECORD, "no violation is recorded after reset") \
    CHECK(16, CHECK_READ_BACK_ADDR, "slot ADDR reads back") \
    CHECK(17, CHECK_READ_BACK_PERM, "slot PERM reads back") \
    CHECK(18, CHECK_READ_BACK_CFG, "slot CFG reads back") \
    CHECK(20, CHECK_DIGEST, "a world's SHA-256 is right") \
    CHECK(21, CHECK_SORTED, "a world's numbers are sorted") \
    CHECK(22, CHECK_SUM, "a world's numbers are the generated ones") \
    CHECK(23, CHECK_COUNTER, "no atomic increment is lost") \
    CHECK(24, CHECK_COUNTER_UNDER_LOCK, "no increment under the lock is lost") \
    CHECK(30, CHECK_OWN_LOAD, "a world reads its own memory") \
    CHECK(31, CHECK_OWN_EXECUTE, "a world executes its own code") \
    CHECK(32, CHECK_SILENT_LOAD, "a refused load reads zero") \
    CHECK(33, CHECK_SILENT_CAUSE, "a silently refused access does not trap") \
    CHECK(34, CHECK_SILENT_STORE, "a refused store changes nothing") \
    CHECK(35, CHECK_SILENT_ADD, "a refused atomic reads zero and changes nothing") \
    CHECK(36, CHECK_SILENT_RESERVE, "a refused load-reserved reads zero") \
    CHECK(37, CHECK_SILENT_FETCH_CAUSE, "a silently refused fetch is an illegal instruction") \
    CHECK(38, CHECK_SILENT_FETCH_TVAL, "tval of a silently refused fetch is 0") \
    CHECK(39, CHECK_SILENT_FETCH_EPC, "epc of a refused fetch is its address") \
    CHECK(40, CHECK_TEXT_LOAD, "a world reads the common text") \
    CHECK(41, CHECK_TEXT_STORE, "a world cannot write the common text") \
    CHECK(42, CHECK_TEXT_ADD, "an atomic on readable memory returns the value and changes nothing") \
    CHECK(43, CHECK_DATA_LOAD, "a world cannot read the trusted world's data") \
    CHECK(44, CHECK_REGISTER_LOAD, "checker registers read zero for other worlds") \
    CHECK(45, CHECK_REGISTER_STORE, "checker registers ignore other worlds") \
    CHECK(46, CHECK_CROSSING_LOAD, "a load across the border reads zero beyond it") \
    CHECK(47, CHECK_CROSSING_STORE, "a store across the border writes only before it") \
    CHECK(48, CHECK_SILENT_RECORD, "nothing is recorded without error flags") \
    CHECK(49, CHECK_OUTSIDER, "the trusted world reads every world's memory") \
    CHECK(50, CHECK_RECORD_CAUSE, "ERRCAUSE names the access") \
    CHECK(51, CHECK_RECORD_ADDRESS, "ERRADDR is the address / 4") \
    CHECK(52, CHECK_RECORD_INTERRUPTS, "one interrupt per cleared record") \
    CHECK(53, CHECK_RECORD_FIRST, "the first violation stays recorded") \
    CHECK(54, CHECK_RECORD_WHOLE, "WID and address of a record belong to one access") \
    CHECK(60, CHECK_ERROR_LOAD, "a refused load traps with cause 5 (bus errors on)") \
    CHECK(61, CHECK_ERROR_STORE, "a refused store traps with cause 7 (bus errors on)") \
    CHECK(62, CHECK_ERROR_ADD, "a refused atomic traps with cause 7 (bus errors on)") \
    CHECK(63, CHECK_ERROR_RESERVE, "a refused load-reserved traps with cause 5 (bus errors on)") \
    CHECK(64, CHECK_ERROR_FETCH, "a refused fetch traps with cause 1 (bus errors on)") \
    CHECK(65, CHECK_ERROR_TVAL, "tval is the refused virtual address") \
    CHECK(66, CHECK_ERROR_UNCHANGED, "a store that traps writes nothing") \
    CHECK(67, CHECK_ERROR_TEXT_ADD, "an atomic on read-only memory traps with cause 7 (EW)") \
    CHECK(70, CHECK_SWITCH_AWAY, "after mlwid changes, the old world's memory is closed") \
    CHECK(71, CHECK_SWITCH_BACK, "after mlwid changes back, it is open again") \
    CHECK(72, CHECK_SWITCH_OTHER, "with another mlwid, the other world's memory is open") \
    CHECK(73, CHECK_SLWID_TRAP, "slwid is illegal for U-mode, and for all while mwiddeleg is 0") \
    CHECK(74, CHECK_MLWID_TRAP, "mlwid is illegal below M-mode") \
    CHECK(75, CHECK_SLWID_VALUE, "slwid keeps a delegated world") \
    CHECK(76, CHECK_USER_DELEGATED, "U-mode acts for slwid while worlds are delegated") \
    CHECK(77, CHECK_USER_UNDELEGATED, "U-mode acts for mlwid while none is") \
    CHECK(78, CHECK_SLWID_LEGALISED, "an undelegated slwid becomes the lowest delegated world") \
    CHECK(80, CHECK_GATE_READ, "a granted world sees this round's data") \
    CHECK(81, CHECK_GATE_READ_REFUSED, "a revoked world sees zero") \
    CHECK(82, CHECK_GATE_READ_CAUSE, "a load traps exactly when it is revoked with bus errors on") \
    CHECK(83, CHECK_GATE_WRITE_CAUSE, "a store traps exactly when it is revoked with bus errors on") \
    CHECK(84, CHECK_GATE_FETCH_VALUE, "a granted world executes the gate's code") \
    CHECK(85, CHECK_GATE_FETCH_CAUSE, "a fetch traps exactly when it is revoked") \
    CHECK(86, CHECK_GATE_TVAL, "tval of a revoked access is its virtual address") \
    CHECK(87, CHECK_GATE_WORD, "a store lands exactly when it is granted") \
    CHECK(90, CHECK_DMA_STATUS, "the DMA engine reports the expected status") \
    CHECK(91, CHECK_DMA_COPY, "the DMA engine copies for a permitted world") \
    CHECK(92, CHECK_DMA_REFUSED, "the DMA engine reads zero for a refused world") \
    CHECK(93, CHECK_DMA_DROPPED, "the DMA engine writes nothing for a refused world") \
    CHECK(94, CHECK_DMA_INTERRUPT, "one interrupt per finished transfer") \
    CHECK(95, CHECK_DMA_RECORD, "a refused transfer is recorded with the channel's world") \
    CHECK(96, CHECK_DMA_MARKER, "the marker keeps a legal world")

enum check
{
#define CHECK(code, name, text) name = code,
    CHECKS(CHECK)
#undef CHECK
};

#endif
