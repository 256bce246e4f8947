using Soc.Actors.Summary;
using Soc.Tlb;

namespace Soc.Actors.Agents;

/// <summary>The study windows of one initiator; touched in its slices only.</summary>
/// <param name="model">The initiator.</param>
internal sealed class StudyLog(IInitiatorModel model)
{
    private readonly List<StudyWindow> _windows = [];
    private ulong _begunAt;

    /// <summary>Windows that have closed.</summary>
    public IReadOnlyList<StudyWindow> Windows => _windows;

    /// <summary>Opens a window.</summary>
    public void Begin(ulong first, ulong last)
    {
        model.Tlb.Study = new TlbStudy(first, last);
        _begunAt = model.Initiator.Now;
    }

    /// <summary>Closes the open window, if there is one.</summary>
    public void End(string name, ulong wrong)
    {
        if (model.Tlb.Study is not { } study)
        {
            return;
        }

        model.Tlb.Study = null;
        _windows.Add(new StudyWindow
        {
            Name = name,
            Initiator = model.Initiator.Name,
            Walks = study.Walks,
            Translates = study.Translates,
            Slow = study.Slow,
            Sink = study.Devices,
            Refused = study.Refused,
            Wrong = wrong,
            VirtualTime = model.Initiator.Now - _begunAt,
        });
    }
}
