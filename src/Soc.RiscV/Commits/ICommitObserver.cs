namespace Soc.RiscV.Commits;

/// <summary>Sees every instruction that a hart retires.</summary>
public interface ICommitObserver
{
    /// <summary>An instruction has retired; called on the hart's thread.</summary>
    void OnCommit(CommitRecord record);
}
